"""Collects what one run of one check says of the statements."""

from __future__ import annotations

from collections import Counter

from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.verdicts import Failure, Observation


class Blocked(Exception):
    """The check cannot go on: a precondition is missing."""

    def __init__(self, need: Need) -> None:
        super().__init__(need.what)
        self.need = need


def require(holds: object, need: Need) -> None:
    """Raise Blocked for `need` unless `holds`."""
    if not holds:
        raise Blocked(need)


class Judge:
    """Collects the judgements of one run of one check. For the `watched` statements it also keeps what held."""

    def __init__(self, check: str, statements: frozenset[str], watched: frozenset[str] = frozenset[str]()) -> None:
        self.check = check
        self.statements = statements
        self.judged: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.flaky: list[Failure] = []  # failures that the check itself repeated, and that held then
        self.blocked: dict[str, Need] = {}
        self.observations: list[Observation] = []
        self.ended: Exception | None = None  # the exception that ended the check: its judgements until then count
        self._watched = watched
        self._held: list[tuple[str, tuple[Exchange, ...]]] = []

    def expect(
        self,
        statement: str,
        holds: bool,
        expected: str,
        *exchanges: Exchange,
        got: str | None = None,
        once: bool = False,
    ) -> bool:
        """Judge the last of `exchanges` by `statement`: it `holds`, or it is broken, because `got` (default: the
        status) is not what was `expected`. A failure that shows only `once` counts without repetition, if two exchanges
        show it. Returns `holds`."""
        self._declared(statement)
        self.judged[statement] += 1
        if not holds:
            got_text = got if got is not None else describe(exchanges[-1]) if exchanges else "something else"
            self.failures.append(Failure(statement, expected, got_text, exchanges, self.check, once))
        elif exchanges and statement in self._watched:
            self._held.append((statement, exchanges))
        return holds

    def held_for(self, failure: Failure) -> tuple[Exchange, ...]:
        """The exchanges for which a watched statement held, those most like `failure` of another run."""
        candidates = [exchanges for statement, exchanges in self._held if statement == failure.statement]
        return max(candidates, key=lambda exchanges: _likeness(exchanges, failure.exchanges), default=())

    def block(self, statement: str, need: Need) -> None:
        """Say that `statement` could not be judged, because `need` was missing."""
        self._declared(statement)
        self.blocked[statement] = need

    def observe(self, assumption: str, choice: str, exchange: Exchange | None = None) -> None:
        """Note how the deployment decided an assumption. This is never a failure."""
        self.observations.append(Observation(assumption, choice, exchange))

    def _declared(self, statement: str) -> None:
        if statement not in self.statements:
            raise LookupError(f"{self.check} judges {statement} without declaring it")


def _likeness(some: tuple[Exchange, ...], others: tuple[Exchange, ...]) -> tuple[bool, bool]:
    """Whether the decisive request was the same, or at least of the same operation."""
    if not others:
        return False, False
    one, other = some[-1].request, others[-1].request
    return one == other, one.operation == other.operation
