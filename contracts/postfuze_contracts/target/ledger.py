"""What a run changed on the target, and which accounts are its own.

Finalizing may reconnect an existing account of the organization, which the run must never disconnect. An account is
the run's own if it is not older than the newest one before the run, or if its page had no account then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from postfuze_contracts.model.events import Changed
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant

#: Lists accounts by a query.
Listing = Callable[[dict[str, str]], Exchange]


class Before:
    """What is known of the accounts that existed before the run connected any."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        page = listing({"limit": "100"})
        rows = [row for row in page.objects("data") if "id" in row]
        created = [instant(row.get("created_at")) or 0.0 for row in rows]
        self._ids = {str(row["id"]).lower() for row in rows}
        self._newest = max(created, default=0.0)
        # If the list is in order, everything beyond its first page is older.
        self._in_order = page.status == 200 and created == sorted(created, reverse=True) and 0.0 not in created
        self._example = next((row for row in rows if isinstance(row.get("network_unique_id"), str)), None)
        self._filters: bool | None = None
        self._had_account: dict[str, bool] = {}

    def look(self, pages: Iterable[str]) -> None:
        """Find out whether these pages have accounts, once for each page, before any is connected."""
        for page in pages:
            if page not in self._had_account:
                self._had_account[page] = True
                exchange = self._listing({"network_unique_id": page, "limit": "1"})
                self._had_account[page] = exchange.status != 200 or exchange.member("data") != []

    def existed(self, account: Exchange) -> bool:
        """Whether `account`, as retrieved after it was connected, may have existed before."""
        created = instant(account.member("created_at"))
        if account.status != 200 or str(account.member("id")).lower() in self._ids:
            return True
        if self._in_order and created is not None and created >= self._newest:
            return False
        return self._had_account.get(str(account.member("network_unique_id")), True) or not self._filter_works()

    def _filter_works(self) -> bool:
        """Whether filtering by `network_unique_id` finds an account that exists."""
        if self._filters is None and self._example is not None:
            page = self._listing({"network_unique_id": self._example["network_unique_id"], "limit": "100"})
            self._filters = self._example["id"] in [row.get("id") for row in page.objects("data")]
        return bool(self._filters)


class Ledger:
    """What the run changed, in order, and which accounts it may change."""

    def __init__(self) -> None:
        self.changes: list[Changed] = []
        self.own: set[str] = set()  # ids in lower case
        self.others: set[str] = set()  # accounts that the run connected, but that existed before
        self.ends: dict[str, str | None] = {}  # by id: why the account was left; None if it was disconnected

    def of(self, what: str) -> list[Changed]:
        """The changes of one kind: `connected` or `deleted`."""
        return [change for change in self.changes if change.what == what]

    def connected(self) -> list[str]:
        """Ids of all accounts that the run connected and may disconnect, the oldest first."""
        ids = dict.fromkeys(change.id for change in self.of("connected"))
        return [id for id in ids if id.lower() in self.own]

    def standing(self) -> list[str]:
        """The ids of `connected` that the run has not disconnected since."""
        latest = self._last_connected()
        return [id for id in self.connected() if latest[id]]

    def closed(self) -> tuple[Changed, ...]:
        """All changes at the end of the run, and whether each connected account still exists, and why."""
        latest = self._last_connected()
        return tuple(self._closed(change, latest) if change.what == "connected" else change for change in self.changes)

    def _closed(self, change: Changed, latest: dict[str, bool]) -> Changed:
        if change.id.lower() not in self.own:
            return replace(change, stands=True, why="it existed before the run, or may have")
        if change.id not in self.ends:
            return replace(change, stands=latest[change.id])
        why = self.ends[change.id]
        return replace(change, stands=why is not None, why=why or "")

    def _last_connected(self) -> dict[str, bool]:
        """By id, whether the last change to an account was that it was connected."""
        return {change.id: change.what == "connected" for change in self.changes}
