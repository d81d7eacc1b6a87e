"""Disconnects the accounts that a run connected, when it ends."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from postfuze_contracts.model.events import CheckStarted, Event
from postfuze_contracts.model.exchange import describe
from postfuze_contracts.model.operations import DELETE, GET
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Unreachable
from postfuze_contracts.target.deployed import NotDeployed
from postfuze_contracts.target.target import Target

CLEAN_UP = "clean-up"


def clean_up(target: Target) -> Generator[Event, None, None]:
    """Disconnect the accounts that the run connected and that still exist, but none that existed before. If that fails,
    no statement is broken: the ledger says why the account is left."""
    target.client.budget.begin_clean_up()
    target.strangers.stop()
    for change in target.ledger.of("connected"):
        with suppress(BudgetSpent, Unreachable, NotDeployed):
            target.claim(change.id)
    if not (ids := _remaining_accounts(target)):
        return
    yield CheckStarted(CLEAN_UP, CLEAN_UP, f"disconnects what the run connected and still exists: {len(ids)} in all")
    for id in ids:
        first_change = len(target.ledger.changes)
        target.ledger.ends[id] = _disconnect(target, id)
        yield from target.ledger.changes[first_change:]


def leave(target: Target, why: str) -> None:
    """Disconnect nothing; the ledger says why."""
    for id in target.ledger.standing():
        target.ledger.ends[id] = why


def _remaining_accounts(target: Target) -> list[str]:
    """The accounts that the run connected and that still exist. A deletion is verified, because the response to it may
    be wrong."""
    return [id for id in target.ledger.connected() if id in target.ledger.standing() or _exists(target, id)]


def _exists(target: Target, id: str) -> bool:
    try:
        return target.call(GET, path={"id": id}).status == 200
    except (BudgetSpent, Unreachable, NotDeployed):
        return False


def _disconnect(target: Target, id: str) -> str | None:
    """Disconnect an account, and verify that. Returns why it is left, or None."""
    try:
        exchange = target.call(DELETE, path={"id": id})
        if exchange.status == 404 or target.call(GET, path={"id": id}).status != 200:
            return None
    except BudgetSpent as error:
        return f"the run's budget was spent ({error})"
    except Unreachable as error:
        return f"the target gave no answer ({error})"
    except NotDeployed as error:
        return str(error)
    return f"disconnecting it answered {describe(exchange)}, and it can be retrieved"
