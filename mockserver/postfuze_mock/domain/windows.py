"""The window of a series of snapshots: two bounds, each an instant or open."""

import re
from typing import Final, NamedTuple

from postfuze_fixtures.timestamps import SECOND_MS, iso, parse_iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.problems import Problem

# What the spec's schema `Instant` lets pass, and so all that reaches this place; the 30th of February does as well.
_UNIX: Final = re.compile(r"[0-9]{1,11}")
_ISO: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<minute>[0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?P<offset>[Zz]|[+\- ][0-9]{2}:[0-9]{2})?)?"
)


class Bound(NamedTuple):
    """An instant in ms, and how it was written."""

    at: int
    text: str

    def echo(self, choices: Choices) -> str:
        """The bound as the series repeats it (choice `metrics.window-echo`)."""
        return self.text if choices.metrics_window_echo == "verbatim" else iso(self.at)


class Window(NamedTuple):
    """The bounds as they were given; one that was not does not bind."""

    since: Bound | None
    until: Bound | None

    def last(self, choices: Choices) -> int | None:
        """The last instant (ms) that is within the window; None where it has no end."""
        if self.until is None:
            return None
        return self.until.at - (choices.metrics_window_bounds == "until-exclusive")

    def echo(self, choices: Choices) -> dict[str, str | None]:
        """`since` and `until` as the series repeats them; an open one is null (choice `metrics.open-bound`)."""
        echoed = {name: bound and bound.echo(choices) for name, bound in self._asdict().items()}
        if choices.metrics_open_bound == "omitted":
            return {name: text for name, text in echoed.items() if text is not None}
        return echoed


def window(since: str | None, until: str | None, choices: Choices) -> Window:
    """The window between two texts, each unix seconds or ISO 8601.

    Problem with the status of a bad parameter, which names both texts if neither is an instant, or where the window
    ends before it begins (unless choice `metrics.inverted-window` lets it be empty).
    """
    bounds = {name: _bound(text) for name, text in (("since", since), ("until", until)) if text is not None}
    wrong = {name: "must be unix seconds or ISO 8601" for name, bound in bounds.items() if bound is None}
    read = Window(bounds.get("since"), bounds.get("until"))
    if read.since and read.until and read.since.at > read.until.at and choices.metrics_inverted_window == "refused":
        raise _refused({"since": "must not be after until"}, choices, rule="metrics.inverted-window")
    if wrong:
        raise _refused(wrong, choices, rule="errors.validation")
    return read


def instant(text: str) -> int:
    """Milliseconds since the epoch of unix seconds or an ISO 8601 date or time; ValueError for anything else.

    Without a time of day it is midnight, without an offset UTC. A space stands for a `+`, as `parse_iso` tells.
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


def _refused(wrong: dict[str, str], choices: Choices, *, rule: str) -> Problem:
    detail = "; ".join(f"{name} {message}" for name, message in wrong.items())
    errors = [{"in": "query", "name": name, "message": message} for name, message in wrong.items()]
    status = int(choices.errors_validation_status)
    return Problem(status, f"{detail}.", rule=rule, code="validation_failed", errors=errors)
