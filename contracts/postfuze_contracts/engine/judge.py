"""Collects the judgements of one run of one check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Pin
from postfuze_contracts.model.verdicts import Failure, Observation


class Blocked(Exception):
    """A check cannot continue, because a precondition is missing."""

    def __init__(self, need: Need) -> None:
        super().__init__(need.what)
        self.need = need


def require(holds: object, need: Need) -> None:
    """Raise Blocked for `need` unless `holds`."""
    if not holds:
        raise Blocked(need)


class Judge:
    """The judgements of one run of one check. For `watched` statements, it also stores the exchanges that kept them.
    `pins` are the pinned assumptions, which are judged like statements. A check may judge more statements than it
    declares: `undeclared` has those, for the tests."""

    def __init__(
        self,
        check: str,
        statements: frozenset[str],
        watched: frozenset[str] = frozenset[str](),
        pins: Mapping[str, Pin] | None = None,
    ) -> None:
        self.check = check
        self.statements = statements
        self.pins = pins or {}
        self.undeclared: set[str] = set()
        self.judged: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.flaky: list[Failure] = []  # failures that did not recur when the check itself tried again
        self.blocked: dict[str, Need] = {}
        self.observations: list[Observation] = []
        self.ended: Exception | None = None  # what ended the check; its judgements until then count
        self.is_faulty = False  # whether that is a fault of the harness, so that they do not
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
        """Judge the last of `exchanges` by `statement`: it `holds`, or it is broken because of `got` (default: the
        status and detail) instead of `expected`. A failure that shows only `once`, because it destroys or leaks, counts
        without repetition. Returns `holds`."""
        self._note(statement)
        self.judged[statement] += 1
        if not holds:
            got_text = got if got is not None else describe(exchanges[-1]) if exchanges else "something else"
            self.failures.append(Failure(statement, expected, got_text, exchanges, self.check, once))
        elif exchanges and statement in self._watched:
            self._held.append((statement, exchanges))
        return holds

    def held_for(self, failure: Failure) -> tuple[Exchange, ...]:
        """The exchanges that kept a watched statement, the most similar to those of a `failure` in another run."""
        candidates = [exchanges for statement, exchanges in self._held if statement == failure.statement]
        return max(candidates, key=lambda exchanges: _similarity(exchanges, failure.exchanges), default=())

    def block(self, statement: str, need: Need) -> None:
        """Record that `statement` cannot be judged, because `need` is missing."""
        self._note(statement)
        self.blocked[statement] = need

    def observe(self, assumption: str, choice: str, *exchanges: Exchange) -> None:
        """Record how the deployment decided an assumption, as the last of `exchanges` shows: the id of an alternative,
        or words for what fits none of them. It is a failure only if another choice is pinned."""
        self.observations.append(Observation(assumption, choice, exchanges[-1] if exchanges else None))
        pin = self.pins.get(assumption)
        if pin is None:
            self._note(assumption)
        else:
            self.expect(assumption, choice == pin.choice, f"{pin.choice}, {pin.origin}", *exchanges, got=choice)

    def trial(self) -> Judge:
        """A judge of the same check, whose judgements count only once this one adopts them."""
        return Judge(self.check, self.statements, self._watched, self.pins)

    def adopt(self, trial: Judge) -> None:
        """Add the judgements of a trial."""
        self.judged.update(trial.judged)
        self.failures += trial.failures
        self.flaky += trial.flaky
        self.blocked |= trial.blocked
        self.observations += trial.observations
        self.undeclared |= trial.undeclared
        self._held += trial._held

    def _note(self, id: str) -> None:
        if id not in self.statements:
            self.undeclared.add(id)


def _similarity(some: tuple[Exchange, ...], others: tuple[Exchange, ...]) -> tuple[bool, bool]:
    """Whether the decisive requests are equal, and whether they have the same operation."""
    if not others:
        return False, False
    one, other = some[-1].request, others[-1].request
    return one == other, one.operation == other.operation
