"""What is known of each statement without a run: which checks judge it, and what they need."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType

from postfuze_contracts import needs, survey
from postfuze_contracts.needs import Need
from postfuze_contracts.options import Access, Options
from postfuze_contracts.scenario import Scenario
from postfuze_mock import spec

_OURS = "postfuze_contracts."
_ACCOUNTS = Need(
    "data.account",
    "accounts to look at",
    "give a key of an organization that has some, or allow writes and give fresh sessions",
)


@dataclass(frozen=True)
class Entry:
    """A statement with the checks that judge it."""

    statement: spec.Statement
    checks: tuple[Scenario, ...]

    @property
    def access(self) -> Access:
        """The least access with which a check looks at it."""
        return min((check.access for check in self.checks), default=Access.PASSIVE)

    @property
    def needs(self) -> tuple[Need, ...]:
        """What its checks may be missing."""
        return _one_an_id(need for check in self.checks for need in needs_of(check))


def entries(checks: Iterable[Scenario]) -> list[Entry]:
    """All statements that a run can judge, in the order of openapi.yaml."""
    known = tuple(checks)
    return [
        Entry(statement, tuple(check for check in known if statement.id in check.statements))
        for statement in spec.statements()
        if statement.observable
    ]


def selected(checks: Iterable[Scenario], only: Sequence[str]) -> list[Scenario]:
    """The checks that judge one of `only`; all where it is empty."""
    return [check for check in checks if not only or not check.statements.isdisjoint(only)]


def needs_of(check: Scenario) -> tuple[Need, ...]:
    """What `check` may be missing, read off its code: its access, and the needs that it names."""
    found = {Access.PASSIVE: (), Access.PROBE: (needs.PROBE_ACCESS,), Access.FULL: (needs.FULL_ACCESS,)}[check.access]
    run = inspect.unwrap(check.run)
    named = _needs_in(run) if isinstance(run, FunctionType) else ()
    return _one_an_id((*found, *named))


def missing(options: Options, check: Scenario) -> tuple[Need, ...]:
    """What `check` needs and `options` do not give, as far as can be told without sending anything."""
    return tuple(need for need in needs_of(check) if not _given(options, need))


def _given(options: Options, need: Need) -> bool:
    kind, _, name = need.id.partition(".")
    if kind == "access":
        return options.access >= Access[name.upper()]
    if kind == "keys":
        return getattr(options.keys, name) is not None
    if need.id == needs.FRESH_SESSION.id:
        return bool(getattr(options.sessions.fresh, "provided", True))
    if need.id == needs.EXPIRED_SESSION.id:
        return options.sessions.expired is not None
    return need.id != needs.EXHAUST_LIMITS.id or options.exhaust_limits


def _one_an_id(found: Iterable[Need]) -> tuple[Need, ...]:
    return tuple({need.id: need for need in found}.values())


def _needs_in(function: FunctionType) -> Iterator[Need]:
    for each in _reached(function, set()):
        for value in _named_in(each):
            yield from _needs_among(value)
            if value in (needs.accounts, survey.accounts):
                yield _ACCOUNTS


def _reached(function: FunctionType, seen: set[FunctionType]) -> Iterator[FunctionType]:
    """`function`, and those of the harness that it calls by name."""
    seen.add(function)
    yield function
    for value in _named_in(function):
        if isinstance(value, FunctionType) and value not in seen and value.__module__.startswith(_OURS):
            yield from _reached(value, seen)


def _named_in(function: FunctionType) -> Iterator[object]:
    """What the names in a function's code stand for: globals of its module, and members of modules among them."""
    names = [name for code in _codes(function.__code__) for name in code.co_names]
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    yield from found
    for module in found:
        if isinstance(module, ModuleType) and module.__name__.startswith(_OURS):
            yield from (vars(module)[name] for name in names if name in vars(module))


def _needs_among(value: object) -> Iterator[Need]:
    """The needs that `value` is or holds."""
    if isinstance(value, Need):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _needs_among(each)
    elif isinstance(value, Mapping):
        yield from _needs_among(list(value.values()))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """`code`, and what is defined within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
