"""How a check is written: a function that calls the target and says what it saw of which statement.

    @scenario("get.unknown")
    def an_unknown_id(target: Target, judge: Judge) -> None:
        answer = target.call("getSocialAccount", path={"id": MISSING_ID})
        judge.expect("get.unknown", answer.status == 404, "404 for an id that no account has", answer)

A check runs again when something failed: only what fails each time is a failure. So it must leave nothing behind that
would change its second run, and compare nothing that others may change meanwhile without looking twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from postfuze_contracts.exchange import Exchange
from postfuze_contracts.needs import Need
from postfuze_contracts.options import Access
from postfuze_contracts.target import Target
from postfuze_contracts.verdicts import Failure, Observation


class Blocked(Exception):
    """The check cannot go on: a precondition is missing."""

    def __init__(self, need: Need) -> None:
        super().__init__(need.what)
        self.need = need


class Judge:
    """Takes down what one run of one check saw. Of the `watched` statements it also keeps what held."""

    def __init__(self, check: str, statements: frozenset[str], watched: frozenset[str] = frozenset[str]()) -> None:
        self.check = check
        self.statements = statements
        self.judged: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.flaky: list[Failure] = []  # what the check itself looked at again, and did not see again
        self.blocked: dict[str, Need] = {}
        self.observations: list[Observation] = []
        self.ended: Exception | None = None  # what broke the check off: what it saw until then counts
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
        """Judge one answer (the last of `exchanges`) by `statement`: `holds`, or broken, for `expected` was not what
        came (`got`; default: the status line). What can be seen but `once` counts without repetition, if it is seen
        of two things. Returns `holds`."""
        self._declared(statement)
        self.judged[statement] += 1
        if not holds:
            shown = got if got is not None else describe(exchanges[-1]) if exchanges else "something else"
            self.failures.append(Failure(statement, expected, shown, exchanges, self.check, once))
        elif exchanges and statement in self._watched:
            self._held.append((statement, exchanges))
        return holds

    def held_for(self, failure: Failure) -> tuple[Exchange, ...]:
        """What held of a watched statement, the likest to what failed by it in another run of this check."""
        found = [exchanges for statement, exchanges in self._held if statement == failure.statement]
        return max(found, key=lambda exchanges: _likeness(exchanges, failure.exchanges), default=())

    def block(self, statement: str, need: Need) -> None:
        """Say that `statement` could not be judged here, for `need` was missing."""
        self._declared(statement)
        self.blocked[statement] = need

    def observe(self, assumption: str, choice: str, exchange: Exchange | None = None) -> None:
        """Note which way the deployment decided an assumption. It is never a failure."""
        self.observations.append(Observation(assumption, choice, exchange))

    def _declared(self, statement: str) -> None:
        if statement not in self.statements:
            raise LookupError(f"{self.check} judges {statement} without declaring it")


@dataclass(frozen=True)
class Scenario:
    """A check. `access` is what it takes at least; `writes` says what it changes on the target, None for nothing; it is
    run `last` where it looks at what all others saw."""

    name: str
    subject: str
    statements: frozenset[str]
    run: Callable[[Target, Judge], None]
    access: Access
    writes: str | None
    text: str
    last: bool = False


REGISTRY: list[Scenario] = []


def scenario(
    *statements: str, access: Access = Access.PASSIVE, writes: str | None = None, last: bool = False
) -> Callable[[Callable[[Target, Judge], None]], Callable[[Target, Judge], None]]:
    """Register a function as a check of `statements`. Its docstring's first line says what it does."""

    def register(function: Callable[[Target, Judge], None]) -> Callable[[Target, Judge], None]:
        # A subject with much to say is a package: `list` of scenarios.list.filters.
        _, within, module = function.__module__.partition(".scenarios.")
        subject = module.partition(".")[0] if within else function.__module__.rpartition(".")[2]
        name = f"{subject}.{function.__name__}"
        text = (function.__doc__ or "").partition("\n")[0]
        REGISTRY.append(Scenario(name, subject, frozenset(statements), function, access, writes, text, last))
        return function

    return register


def _likeness(some: tuple[Exchange, ...], others: tuple[Exchange, ...]) -> tuple[bool, bool]:
    """Whether what decided was the same request, or at least a call of the same operation."""
    if not others:
        return False, False
    one, other = some[-1].request, others[-1].request
    return one == other, one.operation == other.operation


def describe(exchange: Exchange) -> str:
    """An answer in a few words."""
    detail = exchange.member("detail")
    return f"{exchange.status}" + (f" ({detail})" if isinstance(detail, str) else "")
