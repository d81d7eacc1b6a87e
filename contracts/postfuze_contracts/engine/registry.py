"""How a check is written: a function that calls the target and judges the responses by statements.

    @check("get.unknown")
    def an_unknown_id(target: Target, judge: Judge) -> None:
        exchange = target.call(GET, path={"id": MISSING_ID})
        judge.expect("get.unknown", exchange.status == 404, "404 for an id that no account has", exchange)

A check runs again when something failed: only what fails each time is a failure. So it must leave nothing behind that
would change its second run, and compare nothing that others may change meanwhile without looking twice.
"""

from __future__ import annotations

from collections.abc import Callable

from postfuze_contracts.engine.check import Check
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

REGISTRY: list[Check] = []


def check(
    *statements: str,
    access: Access = Access.PASSIVE,
    needs: tuple[Need, ...] = (),
    writes: str | None = None,
    last: bool = False,
) -> Callable[[Callable[[Target, Judge], None]], Callable[[Target, Judge], None]]:
    """Register a function as a check of `statements`. The first line of its docstring says what it does. What it may
    block on is declared in `needs`; the target's own behaviour needs no declaration."""

    def register(function: Callable[[Target, Judge], None]) -> Callable[[Target, Judge], None]:
        # The subject may be a package: `list` of checks.list.filters.
        _, is_ours, module = function.__module__.partition(".checks.")
        subject = module.partition(".")[0] if is_ours else function.__module__.rpartition(".")[2]
        name = f"{subject}.{function.__name__}"
        text = (function.__doc__ or "").partition("\n")[0]
        REGISTRY.append(Check(name, subject, frozenset(statements), function, access, writes, text, last, needs))
        return function

    return register
