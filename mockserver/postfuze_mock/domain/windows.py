"""The window of a series: two bounds, each an instant or open."""

from typing import Final, NamedTuple

from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.instants import is_narrow, nanoseconds
from postfuze_mock.problems import Problem

_MILLISECOND: Final = 1_000_000  # nanoseconds
_INVALID: Final = "must be unix seconds or ISO 8601"


class Bound(NamedTuple):
    """An instant in ms, rounded down, and the text that it was read from. `is_rounded` says whether the instant is
    between that millisecond and the next."""

    at: int
    text: str
    is_rounded: bool = False

    def echo(self, choices: Choices) -> str:
        """The bound as the series repeats it (choice `metrics.window-echo`)."""
        return self.text if choices.metrics_window_echo == "verbatim" else iso(self.at)


class Window(NamedTuple):
    """Two bounds; None is open."""

    since: Bound | None
    until: Bound | None

    @property
    def is_inverted(self) -> bool:
        """Whether it ends before it begins."""
        return self.since is not None and self.until is not None and self.since.at > self.until.at

    def first(self, choices: Choices) -> int | None:
        """The first millisecond in the window; None if it is open."""
        if self.since is None:
            return None
        is_excluded = choices.metrics_window_bounds in ("since-exclusive", "exclusive")
        return self.since.at + (self.since.is_rounded or is_excluded)

    def last(self, choices: Choices) -> int | None:
        """The last millisecond in the window; None if it is open."""
        if self.until is None:
            return None
        is_excluded = choices.metrics_window_bounds in ("until-exclusive", "exclusive") and not self.until.is_rounded
        return self.until.at - is_excluded

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
    texts = {name: text for name, text in (("since", since), ("until", until)) if text is not None}
    bounds = {name: _bound(text) for name, text in texts.items()}
    errors = {name: _INVALID for name, bound in bounds.items() if bound is None}
    if not errors and choices.metrics_iso_forms == "rfc3339":
        unusual = {name: _INVALID for name, text in texts.items() if not is_narrow(text)}
        if unusual:
            raise _refused(unusual, choices, rule="metrics.iso-forms")
    result = Window(bounds.get("since"), bounds.get("until"))
    if result.is_inverted and choices.metrics_inverted_window == "refused":
        raise _refused({"since": "must not be after until"}, choices, rule="metrics.inverted-window")
    if errors:
        raise _refused(errors, choices, rule="errors.validation")
    return result


def instant(text: str) -> int:
    """Milliseconds since the epoch, rounded down, of unix seconds or ISO 8601. Raises ValueError for anything else."""
    return nanoseconds(text) // _MILLISECOND


def _bound(text: str) -> Bound | None:
    try:
        return Bound(instant(text), text, nanoseconds(text) % _MILLISECOND > 0)
    except ValueError:
        return None


def _refused(messages: dict[str, str], choices: Choices, *, rule: str) -> Problem:
    detail = "; ".join(f"{name} {message}" for name, message in messages.items())
    errors = [{"in": "query", "name": name, "message": message} for name, message in messages.items()]
    status = int(choices.errors_validation_status)
    return Problem(status, f"{detail}.", rule=rule, code="validation_failed", errors=errors)
