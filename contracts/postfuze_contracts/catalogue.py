"""What is known of each statement without a run: which checks judge it, and what they need."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType

from postfuze_contracts import needs
from postfuze_contracts.needs import Need
from postfuze_contracts.options import Access, Options
from postfuze_contracts.scenario import Scenario
from postfuze_mock import spec

_KEYS = {
    need.id.partition(".")[2]: need
    for need in (needs.READ_ONLY_KEY, needs.REVOKED_KEY, needs.EXPIRED_KEY, needs.OTHER_ORGANIZATION)
}
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
        return tuple(dict.fromkeys(need for check in self.checks for need in needs_of(check)))


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
    """What `check` may be missing, read off its code: the needs that it names, the keys and sessions that it uses."""
    found = {Access.PASSIVE: (), Access.PROBE: (needs.PROBE_ACCESS,), Access.FULL: (needs.FULL_ACCESS,)}[check.access]
    return tuple(dict.fromkeys((*found, *_needs_in(check.run))))


def missing(options: Options, check: Scenario) -> tuple[Need, ...]:
    """What `check` needs and `options` do not give, as far as can be told without sending anything."""
    return tuple(need for need in needs_of(check) if not _given(options, need))


def _given(options: Options, need: Need) -> bool:
    kind, _, name = need.id.partition(".")
    if kind == "access":
        return options.access >= Access[name.upper()]
    if kind == "keys":
        return getattr(options.keys, name) is not None
    if need == needs.FRESH_SESSION:
        return bool(getattr(options.sessions.fresh, "provided", True))
    if need == needs.EXPIRED_SESSION:
        return options.sessions.expired is not None
    return need != needs.EXHAUST_LIMITS or options.exhaust_limits


def _needs_in(function: Callable[..., object]) -> Iterator[Need]:
    named = {value.id: value for value in vars(needs).values() if isinstance(value, Need)}
    for each in _reached(function, set()):
        for code in _codes(each.__code__):
            yield from (getattr(needs, name) for name in code.co_names if getattr(needs, name, None) in named.values())
            yield from (_KEYS[text] for text in code.co_consts if isinstance(text, str) and text in _KEYS)
            if "accounts" in code.co_names:
                yield _ACCOUNTS


def _reached(function: object, seen: set[object]) -> Iterator[FunctionType]:
    """`function` and those of the harness's checks that it calls by name."""
    function = inspect.unwrap(function) if callable(function) else function
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    yield function
    for code in _codes(function.__code__):
        for name in code.co_names:
            other = function.__globals__.get(name)
            if getattr(other, "__module__", "").startswith(("postfuze_contracts.scenarios", "postfuze_contracts.gen")):
                yield from _reached(other, seen)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """`code`, and what is defined within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
