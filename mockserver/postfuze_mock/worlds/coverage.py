"""What the calls of all worlds have met since the server started, whatever was reset meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from postfuze_mock.domain.coverage.conditions import Fields
    from postfuze_mock.domain.coverage.tally import Tally

# The rules are imported when they are first needed: they would delay the start.

#: After how many calls, and after a body of how many bytes, the calls are counted. So they hold at most 16 MiB.
MAX_CALLS: Final = 256
MAX_BODY: Final = 65_536


class Coverage:
    """Gathers calls, and counts them later, many at once: each call of the API pays only for `calls.append`.

    `calls`, always the same list, has the fields of each `Call` (domain/coverage/conditions.py) without their names.
    """

    def __init__(self) -> None:
        self.calls: list[Fields] = []
        self._tally: Tally | None = None
        self._known: set[str] = set()

    def happened(self, what: str, world: str) -> None:
        """Note that something happened in a world that no answer shows: `refreshed token`."""
        self._known.add(what)
        self.calls.append((what, None, None, None, None, b"", b"", world))
        if len(self.calls) >= MAX_CALLS:
            self.count()

    def knows(self, what: str) -> bool:
        """Whether this happened in any world."""
        return what in self._known

    def count(self) -> None:
        """Count the gathered calls."""
        if self.calls:
            self._counted().count(tuple(self.calls))
            self.calls.clear()

    def report(self) -> dict[str, Any]:
        """What was met so far, as control/openapi.yaml describes it."""
        from postfuze_mock.domain.coverage.items import items
        from postfuze_mock.domain.coverage.report import report

        self.count()
        return report(items(), self._counted())

    def clear(self) -> None:
        """Begin anew."""
        self.calls.clear()
        self._tally, self._known = None, set()

    def _counted(self) -> Tally:
        if self._tally is None:
            from postfuze_mock.domain.coverage.items import items
            from postfuze_mock.domain.coverage.tally import Tally

            self._tally = Tally(items())
        return self._tally
