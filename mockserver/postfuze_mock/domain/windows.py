"""The window of a series: two bounds, each an instant or open."""

import re
from typing import Final, NamedTuple

from postfuze_fixtures.timestamps import SECOND_MS, iso, parse_iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.problems import Problem

# The schema `Instant` allows only these, but also days that do not exist, such as the 30th of February.
_UNIX: Final = re.compile(r"[0-9]{1,11}")
_ISO: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<minute>[0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?P<offset>[Zz]|[+\- ][0-9]{2}:[0-9]{2})?)?"
)


class Bound(NamedTuple):
    """An instant in ms, and the text that it was read from."""

    at: int
    text: str

    def echo(self, choices: Choices) -> str:
        """The bound as the series repeats it (choice `metrics.window-echo`)."""
        return self.text if choices.metrics_window_echo == "verbatim" else iso(self.at)


class Window(NamedTuple):
    """Two bounds; None is open."""

    since: Bound | None
    until: Bound | None

    def last(self, choices: Choices) -> int | None:
        """The last instant (ms) in the window; None if it is open."""
        if self.until is None:
            return None
        return self.until.at - (choices.metrics_window_bounds == "until-exclusive")

    def echo(self, choices: Choices) -> dict[str, str | None]:
        """`since` and `until` as the series repeats them; an open one is null (choice `metrics.open-bound`)."""
        texts = {name: bound and bound.echo(choices) for name, bound in self._asdict().items()}
        if choices.metrics_open_bound == "omitted":
            return {name: text for name, text in texts.items() if text is not None}
        return texts


def window(since: str | None, until: str | None, choices: Choices) -> Window:
    """The window between two texts, each unix seconds or ISO 8601.

    Raises the problem of a bad parameter for texts that are not instants, and for a window that ends before it begins
    (unless choice `metrics.inverted-window` makes that an empty one).
    """
    bounds = {name: _bound(text) for name, text in (("since", since), ("until", until)) if text is not None}
    errors = {name: "must be unix seconds or ISO 8601" for name, bound in bounds.items() if bound is None}
    since_bound, until_bound = bounds.get("since"), bounds.get("until")
    is_inverted = since_bound and until_bound and since_bound.at > until_bound.at
    if is_inverted and choices.metrics_inverted_window == "refused":
        raise _refused({"since": "must not be after until"}, choices, rule="metrics.inverted-window")
    if errors:
        raise _refused(errors, choices, rule="errors.validation")
    return Window(since_bound, until_bound)


def instant(text: str) -> int:
    """Milliseconds since the epoch of unix seconds or an ISO 8601 date or time. Raises ValueError for anything else.

    Without a time of day it is midnight, without an offset UTC. A space counts as a `+`, as in `parse_iso`.
    """
    if _UNIX.fullmatch(text):
        return int(text) * SECOND_MS
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"neither unix seconds nor ISO 8601: {text!r}")
    return parse_iso(f"{match['date']}T{match['minute'] or '00:00'}{match['second'] or ':00'}{match['offset'] or 'Z'}")


def _bound(text: str) -> Bound | None:
    try:
        return Bound(instant(text), text)
    except ValueError:
        return None


def _refused(messages: dict[str, str], choices: Choices, *, rule: str) -> Problem:
    detail = "; ".join(f"{name} {message}" for name, message in messages.items())
    errors = [{"in": "query", "name": name, "message": message} for name, message in messages.items()]
    status = int(choices.errors_validation_status)
    return Problem(status, f"{detail}.", rule=rule, code="validation_failed", errors=errors)
