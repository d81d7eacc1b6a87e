"""What is known of each statement without a run: which checks judge it, and what they need."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import CodeType, FunctionType, ModuleType

from postfuze_contracts.engine import survey
from postfuze_contracts.engine.check import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Access, Options
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
    checks: tuple[Check, ...]

    @property
    def access(self) -> Access:
        """The least access with which a check looks at it."""
        return min((check.access for check in self.checks), default=Access.PASSIVE)

    @property
    def needs(self) -> tuple[Need, ...]:
        """What its checks may be missing."""
        return _one_an_id(need for check in self.checks for need in needs_of(check))


def entries(checks: Iterable[Check]) -> list[Entry]:
    """All statements that a run can judge, in the order of openapi.yaml."""
    known = tuple(checks)
    return [
        Entry(statement, tuple(check for check in known if statement.id in check.statements))
        for statement in spec.statements()
        if statement.observable
    ]


def selected(checks: Iterable[Check], only: Sequence[str]) -> list[Check]:
    """The checks that judge one of `only`; all where it is empty."""
    return [check for check in checks if not only or not check.statements.isdisjoint(only)]


def needs_of(check: Check) -> tuple[Need, ...]:
    """What `check` may be missing, read off its code: its access, and the needs that it names."""
    found = {Access.PASSIVE: (), Access.PROBE: (needs.PROBE_ACCESS,), Access.FULL: (needs.FULL_ACCESS,)}[check.access]
    run = inspect.unwrap(check.run)
    named = _needs_in(run) if isinstance(run, FunctionType) else ()
    return _one_an_id((*found, *named))


def missing(options: Options, check: Check) -> tuple[Need, ...]:
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
            # That given sessions are used up shows in a run alone.
            if isinstance(value, Need) and value is not needs.STALE_SESSION:
                yield value
            elif value is needs.accounts or (value is survey.accounts and not _asks_for_none(each)):
                yield _ACCOUNTS


def _asks_for_none(function: FunctionType) -> bool:
    """Whether a function calls `survey.accounts(target, at_least=0)`, which never blocks."""
    constants = [constant for code in _codes(function.__code__) for constant in code.co_consts]
    return ("at_least",) in constants and 0 in constants


def _reached(function: FunctionType, seen: set[FunctionType]) -> Iterator[FunctionType]:
    """`function`, and those of the harness that it calls by name."""
    seen.add(function)
    yield function
    for value in _named_in(function):
        if not isinstance(value, FunctionType) or value in seen or value is survey.accounts:
            continue
        if value.__module__.startswith(_OURS):
            yield from _reached(value, seen)


def _named_in(function: FunctionType) -> Iterator[object]:
    """What a function's code names: globals of its module, members of modules of ours; of tables, what is in them."""
    for code in _codes(function.__code__):
        module: ModuleType | None = None
        for step in dis.get_instructions(code):
            value = None
            if step.opname == "LOAD_GLOBAL":
                value = function.__globals__.get(str(step.argval))
            elif module is not None and step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                value = vars(module).get(str(step.argval))
            module = value if isinstance(value, ModuleType) and value.__name__.startswith(_OURS) else None
            yield from _within(value)


def _within(value: object) -> Iterator[object]:
    """`value`, or what is in it, where it is a table."""
    if isinstance(value, (tuple, list, Mapping)) and not isinstance(value, Need):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _within(each)
    else:
        yield value.func if isinstance(value, partial) else value


def _codes(code: CodeType) -> Iterator[CodeType]:
    """`code`, and what is defined within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
