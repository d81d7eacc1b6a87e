"""The end of a run: the accounts that it connected and that still exist are disconnected."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from postfuze_contracts.model.events import CheckStarted, Event
from postfuze_contracts.model.exchange import describe
from postfuze_contracts.model.operations import DELETE, GET
from postfuze_contracts.target.client import BudgetSpent, Unreachable
from postfuze_contracts.target.target import Target

CLEAN_UP = "clean-up"


def clean_up(target: Target) -> Generator[Event, None, None]:
    """Disconnect what the run itself connected and still exists; nothing that existed before the run. Failing to
    disconnect is not a failure of the contract: the ledger says so."""
    target.client.reserve(0)
    for change in target.ledger.of("connected"):
        with suppress(BudgetSpent, Unreachable):
            target.claim(change.id)
    if not (ids := _standing(target)):
        return
    yield CheckStarted(CLEAN_UP, CLEAN_UP, f"disconnects what the run connected and still stands: {len(ids)} in all")
    for id in ids:
        changed = len(target.ledger.changes)
        target.ledger.ends[id] = _disconnect(target, id)
        yield from target.ledger.changes[changed:]


def leave(target: Target, why: str) -> None:
    """Disconnect nothing; the ledger says why."""
    for id in target.ledger.standing():
        target.ledger.ends[id] = why


def _standing(target: Target) -> list[str]:
    """The accounts that the run connected and that still exist. The target is asked, because a deletion is only what it
    said."""
    return [id for id in target.ledger.connected() if id in target.ledger.standing() or _shown(target, id)]


def _shown(target: Target, id: str) -> bool:
    try:
        return target.call(GET, path={"id": id}).status == 200
    except (BudgetSpent, Unreachable):
        return False


def _disconnect(target: Target, id: str) -> str | None:
    """Disconnect an account, and check that it is gone. Returns why it is left, or None."""
    try:
        exchange = target.call(DELETE, path={"id": id})
        if exchange.status == 404 or target.call(GET, path={"id": id}).status != 200:
            return None
    except BudgetSpent as error:
        return f"the run's budget was spent ({error})"
    except Unreachable as error:
        return f"the target gave no answer ({error})"
    return f"disconnecting it answered {describe(exchange)}, and it can be retrieved"
