"""What a run connected: which of it stood before, and so is not the run's own, and what is left of it.

Finalizing may reconnect an account that the organization has; the run must never disconnect that. What is its own shows
in one of two ways: the account is not older than the newest that stood before, or its page had no account then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from postfuze_contracts.model.events import Changed
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant

#: Lists accounts by a query.
Listing = Callable[[dict[str, str]], Exchange]


class Before:
    """What stood before the run connected anything, as far as it has to be known."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        page = listing({"limit": "100"})
        rows = list(_rows(page))
        created = [instant(row.get("created_at")) or 0.0 for row in rows]
        self._ids = {str(row["id"]).lower() for row in rows}
        self._newest = max(created, default=0.0)
        # Told from a list that is in order alone: what is not on its first page is older.
        self._in_order = page.status == 200 and created == sorted(created, reverse=True) and 0.0 not in created
        self._known = next((row for row in rows if isinstance(row.get("network_unique_id"), str)), None)
        self._filters: bool | None = None
        self._stood: dict[str, bool] = {}

    def look(self, pages: Iterable[str]) -> None:
        """Look whether these pages have accounts; each is looked at but once, before anything is connected."""
        for page in pages:
            if page not in self._stood:
                self._stood[page] = True
                answer = self._listing({"network_unique_id": page, "limit": "1"})
                self._stood[page] = answer.status != 200 or answer.member("data") != []

    def stood(self, account: Exchange) -> bool:
        """Whether `account`, as it was retrieved after it was connected, stood before, or might have."""
        created = instant(account.member("created_at"))
        if account.status != 200 or str(account.member("id")).lower() in self._ids:
            return True
        if self._in_order and created is not None and created >= self._newest:
            return False
        return self._stood.get(str(account.member("network_unique_id")), True) or not self._filters_well()

    def _filters_well(self) -> bool:
        """Whether the filter that tells of pages finds an account that is there."""
        if self._filters is None and self._known is not None:
            found = self._listing({"network_unique_id": self._known["network_unique_id"], "limit": "100"})
            self._filters = self._known["id"] in [row["id"] for row in _rows(found)]
        return bool(self._filters)


class Belongings:
    """What the run connected, in the order of the ledger."""

    def __init__(self) -> None:
        self.ledger: list[Changed] = []
        self.own: set[str] = set()  # ids in lower case
        self.others: set[str] = set()  # of accounts that were connected, and stood before
        self.ends: dict[str, str | None] = {}  # why an account stands in the end, by its id; None where it does not

    def connected(self) -> list[str]:
        """Ids of all accounts that the run connected and may disconnect, the oldest first."""
        ids = dict.fromkeys(change.id for change in self.ledger if change.what == "connected")
        return [id for id in ids if id.lower() in self.own]

    def standing(self) -> list[str]:
        """Of those, the ones that it has not disconnected since."""
        stands = self._last()
        return [id for id in self.connected() if stands[id]]

    def told(self) -> tuple[Changed, ...]:
        """The ledger, which says of each account that was connected whether it stands, and why."""
        stands = self._last()
        return tuple(self._told(change, stands) if change.what == "connected" else change for change in self.ledger)

    def _told(self, change: Changed, stands: dict[str, bool]) -> Changed:
        if change.id.lower() not in self.own:
            return replace(change, stands=True, why="it stood before the run, or may have")
        if change.id not in self.ends:
            return replace(change, stands=stands[change.id])
        why = self.ends[change.id]
        return replace(change, stands=why is not None, why=why or "")

    def _last(self) -> dict[str, bool]:
        """Whether what last happened to an account was that it was connected."""
        return {change.id: change.what == "connected" for change in self.ledger}


def _rows(page: Exchange) -> Iterator[dict[str, Any]]:
    data = page.member("data")
    return (row for row in (data if isinstance(data, list) else ()) if isinstance(row, dict) and "id" in row)
