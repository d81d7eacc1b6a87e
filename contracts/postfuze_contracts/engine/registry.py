"""How a check is written: a function that calls the target and judges the responses by statements.

    @check("get.unknown")
    def an_unknown_id(target: Target, judge: Judge) -> None:
        exchange = target.call(GET, path={"id": MISSING_ID})
        judge.expect("get.unknown", exchange.status == 404, "404 for an id that no account has", exchange)

A check that failed runs again, and only what fails each time is a failure. So a check must leave nothing behind that
changes its second run, and must look twice at anything that other clients may change meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.needs import FRESH_SESSION, Need
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target


@dataclass(frozen=True)
class Check:
    """A registered check. `assumes` are the assumptions that it observes. `access` is the least access that it needs,
    `needs` are the other preconditions that it may block on. `writes` says what it changes on the target, if anything.
    A `last` check runs after all others."""

    name: str
    subject: str
    statements: frozenset[str]
    run: Callable[[Target, Judge], None]
    access: Access
    writes: str | None
    text: str
    last: bool = False
    needs: tuple[Need, ...] = ()
    assumes: frozenset[str] = frozenset()

    def judges(self, pins: Collection[str]) -> frozenset[str]:
        """What it judges if these assumptions are pinned: its statements, and the assumptions among `pins`."""
        return self.statements | self.assumes.intersection(pins)


REGISTRY: list[Check] = []


def check(
    *statements: str,
    assumes: tuple[str, ...] = (),
    access: Access = Access.PASSIVE,
    needs: tuple[Need, ...] = (),
    writes: str | None = None,
    last: bool = False,
) -> Callable[[Callable[[Target, Judge], None]], Callable[[Target, Judge], None]]:
    """Register a function as a check of `statements` that also observes the assumptions in `assumes`. The first line
    of its docstring says what it does. `needs` declares what it may block on, except for the target's own behaviour."""

    def register(function: Callable[[Target, Judge], None]) -> Callable[[Target, Judge], None]:
        # The subject may be a package: `list` of checks.list.filters.
        _, is_ours, module = function.__module__.partition(".checks.")
        subject = module.partition(".")[0] if is_ours else function.__module__.rpartition(".")[2]
        name = f"{subject}.{function.__name__}"
        text = (function.__doc__ or "").partition("\n")[0]
        promises = frozenset(statements), frozenset(assumes)
        REGISTRY.append(Check(name, subject, promises[0], function, access, writes, text, last, needs, promises[1]))
        return function

    return register


#: Registers a check that finalizes fresh sessions.
session_check = partial(check, access=Access.FULL, needs=(FRESH_SESSION,))
