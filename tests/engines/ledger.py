"""Writers that note what was answered, so that what is stored can be held against it.

Each writer has a world of its own, and takes what it needs from answers alone. A call without an answer, because its
process was killed, may have happened or not, but not by half; it is never repeated.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.keep_alive import Answer, Connection
from tests.support.wire import request

#: `made`: usernames of accounts; `deleted`: ids of accounts; `offered` and `connected`: tenants of sessions.
KINDS: Final = ("made", "deleted", "offered", "connected")


@dataclass
class Ledger:
    """What one writer knows: sets of what was answered, and of what was sent without an answer."""

    world: str
    answered: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    open: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    #: The last name that was answered, and those that were sent after it, by account.
    names: dict[str, list[str]] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)

    def count(self) -> int:
        """How many writes were answered."""
        return sum(map(len, self.answered.values()))


class Writer:
    """Writes to one world through the server at `url`, as often as it is allowed to."""

    def __init__(self, url: str, world: str, seed: int) -> None:
        self.ledger = Ledger(world)
        self._url = url
        self._random = random.Random(seed)
        self._allowed = threading.Semaphore(0)
        self._is_ended = False
        self._ids: list[str] = []
        self._number = 0

    def allow(self, count: int) -> None:
        """Allow so many more writes."""
        self._allowed.release(count)

    def end(self) -> None:
        """Return from `run` once no more writes are allowed."""
        self._is_ended = True
        self._allowed.release()

    def run(self) -> None:
        """Write until the end."""
        writes = (self._make, self._delete, self._rename, self._connect)
        with closing(Connection(self._url)) as self._connection:
            while self._allowed.acquire() and not self._is_ended:
                self._number += 1
                self._random.choice(writes)()

    def _make(self) -> None:
        name = f"{self.ledger.world}-{self._number}"
        answer = self._write("made", name, "POST", "/_mock/accounts", {"platform": "x", "username": name})
        if answer is not None:
            self._ids.append(answer["id"])
            self.ledger.names[answer["id"]] = [name]

    def _delete(self) -> None:
        if self._ids:
            id = self._ids.pop(self._random.randrange(len(self._ids)))
            self._write("deleted", id, "DELETE", f"/api/v1/social-accounts/{id}")

    def _rename(self) -> None:
        if self._ids:
            id = self._random.choice(self._ids)
            names = self.ledger.names[id]
            names.append(f"{self.ledger.world}-renamed-{self._number}")
            answer = self._call("PATCH", f"/_mock/accounts/{id}", {"username": names[-1]})
            if answer is not None:
                del names[:-1]

    def _connect(self) -> None:
        tenant = f"{self.ledger.world}-tenant-{self._number}"
        body = {"network": "facebook", "pages": 2, "tenant_id": tenant}
        session = self._write("offered", tenant, "POST", "/_mock/sessions", body)
        if session is not None:
            pages = {"selectedPageIds": [page["id"] for page in session["pages"]]}
            path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
            self._write("connected", tenant, "POST", path, pages)

    def _write(self, kind: str, key: str, method: str, path: str, body: object = None) -> Any:
        self.ledger.open[kind].add(key)
        answer = self._call(method, path, body)
        if answer is not None:
            self.ledger.answered[kind].add(key)
            self.ledger.open[kind].discard(key)
        return answer

    def _call(self, method: str, path: str, body: object = None) -> Any:
        """The value of the answer; None if there was none, or if the engine served nothing at that moment."""
        content = b"" if body is None else json.dumps(body).encode()
        fields = [("Authorization", f"Bearer sk_test_{self.ledger.world}"), ("Content-Length", str(len(content)))]
        fields += [("Content-Type", "application/json")] if body is not None else []
        answer = self._exchange(request(method, path, fields, content))
        if answer.status in (0, 502):
            self.ledger.refusals[str(answer.status)] += 1
            return None
        if answer.status == 503:
            assert answer.json["code"] == "engine_unavailable", answer
            self.ledger.refusals["engine"] += 1
            return None
        assert answer.status < 300, (method, path, answer)
        return answer.json

    def _exchange(self, data: bytes) -> Answer:
        try:
            return self._connection.call(data)
        except ValueError:  # the answer was cut off
            self._connection.close()
            return Answer(0)


def check(ledger: Ledger, state: dict[str, Any]) -> None:
    """Fail unless `state`, that of its world, has every answered write and no half of any."""
    accounts = [record["account"] for record in state["accounts"]]
    deleted = {record["account"]["id"] for record in state["accounts"] if record["deleted"]}
    ids = Counter(account["id"] for account in accounts)
    assert set(ids.values()) <= {1}, "an id was given twice"
    _check_names(ledger, accounts, deleted)
    _check_connections(ledger, accounts, state["sessions"])
    events = Counter((event["event"], event["data"]["id"]) for event in state["events"])
    connected = {account["id"] for account in accounts if account["tenant_id"] is not None}
    assert events == Counter(_expected_events(connected, deleted)), "events are not those of the accounts"


def _check_names(ledger: Ledger, accounts: list[dict[str, Any]], deleted: set[str]) -> None:
    names = {account["id"]: account["username"] for account in accounts}
    lost = {id: known for id, known in ledger.names.items() if names.get(id) not in known}
    assert not lost, f"accounts lack or have other names: {lost}"
    sent = ledger.answered["made"] | ledger.open["made"]
    unasked = {account["username"] for account in accounts if account["id"] not in ledger.names} - sent
    assert not {name for name in unasked if name.startswith(f"{ledger.world}-")}, "accounts that nobody asked for"
    assert ledger.answered["deleted"] <= deleted <= ledger.answered["deleted"] | ledger.open["deleted"]


def _check_connections(ledger: Ledger, accounts: list[dict[str, Any]], sessions: list[dict[str, Any]]) -> None:
    connected = Counter(account["tenant_id"] for account in accounts if account["tenant_id"] is not None)
    offered = {session["tenant_id"] for session in sessions}
    assert set(connected.values()) <= {2}, f"half of a session was connected: {connected}"
    assert not offered & connected.keys(), "a session is there, and so are its accounts"
    assert ledger.answered["connected"] <= connected.keys() <= ledger.answered["connected"] | ledger.open["connected"]
    gone = ledger.answered["offered"] - offered - connected.keys()
    assert not gone, f"sessions went without their accounts: {gone}"


def _expected_events(connected: set[str], deleted: set[str]) -> Iterator[tuple[str, str]]:
    yield from (("account.connected", id) for id in connected)
    yield from (("account.disconnected", id) for id in deleted)
