"""The end of a run: what it connected, and nothing has disconnected since, is disconnected again."""

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
    """Disconnect what the run itself connected, if it stands; nothing else, and nothing that stood before the run. What
    cannot be disconnected is no failure: the ledger tells of it."""
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
    """Disconnect nothing; the ledger tells why."""
    for id in target.standing_accounts():
        target.ledger.ends[id] = why


def _standing(target: Target) -> list[str]:
    """Of what the run connected, what stands: as told by the target, for that something was deleted is what it said."""
    return [id for id in target.ledger.connected() if id in target.standing_accounts() or _shown(target, id)]


def _shown(target: Target, id: str) -> bool:
    try:
        return target.call(GET, path={"id": id}).status == 200
    except (BudgetSpent, Unreachable):
        return False


def _disconnect(target: Target, id: str) -> str | None:
    """Disconnect an account, and look whether that was done; why it is left, where it is."""
    try:
        exchange = target.call(DELETE, path={"id": id})
        if exchange.status == 404 or target.call(GET, path={"id": id}).status != 200:
            return None
    except BudgetSpent as error:
        return f"the run's budget was spent ({error})"
    except Unreachable as error:
        return f"the target gave no answer ({error})"
    return f"disconnecting it answered {describe(exchange)}, and it can be retrieved"
