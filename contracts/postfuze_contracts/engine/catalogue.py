"""Says without a run which checks judge each statement, and what they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Access, Options
from postfuze_mock import spec

_ACCESS: dict[Access, tuple[Need, ...]] = {
    Access.PASSIVE: (),
    Access.PROBE: (needs.PROBE_ACCESS,),
    Access.FULL: (needs.FULL_ACCESS,),
}


@dataclass(frozen=True)
class Entry:
    """A statement with the checks that judge it."""

    statement: spec.Statement
    checks: tuple[Check, ...]

    @property
    def access(self) -> Access:
        """The least access that one of its checks needs."""
        return min((check.access for check in self.checks), default=Access.PASSIVE)

    @property
    def needs(self) -> tuple[Need, ...]:
        """The needs of all its checks, each once."""
        return tuple(dict.fromkeys(need for check in self.checks for need in needs_of(check)))


def entries(checks: Iterable[Check]) -> list[Entry]:
    """All statements that a run can judge, in the order of openapi.yaml."""
    checks = tuple(checks)
    return [
        Entry(statement, tuple(check for check in checks if statement.id in check.statements))
        for statement in spec.statements()
        if statement.observable
    ]


def selected(checks: Iterable[Check], only: Sequence[str]) -> list[Check]:
    """The checks that judge a statement of `only`, or observe an assumption; all checks if that is empty."""
    return [check for check in checks if not only or not (check.statements | check.assumes).isdisjoint(only)]


def needs_of(check: Check) -> tuple[Need, ...]:
    """The needs of `check`: its access, then its declared ones."""
    return (*_ACCESS[check.access], *check.needs)


def missing(options: Options, check: Check) -> tuple[Need, ...]:
    """The needs of `check` that `options` do not provide, as far as this is known without sending anything."""
    return tuple(need for need in needs_of(check) if not _provided(options, need))


def _provided(options: Options, need: Need) -> bool:
    kind, _, name = need.id.partition(".")
    if kind == "access":
        return options.access >= Access[name.upper()]
    if kind == "keys":
        return getattr(options.keys, name) is not None
    if need == needs.FRESH_SESSION:
        return bool(getattr(options.sessions.fresh, "provided", True))
    if need == needs.EXPIRED_SESSION:
        return options.sessions.expired is not None
    if need == needs.SESSION_TENANT:
        return options.sessions.tenant is not None
    return need != needs.EXHAUST_LIMITS or options.exhaust_limits
