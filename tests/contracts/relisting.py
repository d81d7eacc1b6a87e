"""The mock's list of accounts made anew in the test, so that each of its rules can be broken by itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.contracts.proxy import Answer, Call

Row = dict[str, Any]
Position = list[Any]  # what a page's last row is ordered by

FILTERS = {
    **{name: name for name in ("id", "tenant_id", "platform", "username", "network_unique_id")},
    "networkUniqueId": "network_unique_id",
}


def problem(status: int, title: str, detail: str | None) -> Answer:
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Answer(status, {"content-type": "application/problem+json"}, json.dumps(document).encode())


INVALID_CURSOR = problem(400, "Bad Request", "Invalid cursor")


def newest(row: Row) -> Position:
    return [row["created_at"], row["id"]]


def equal(row: Row, name: str, value: str) -> bool:
    return bool(row[FILTERS[name]] == value)


def sign(payload: str) -> str:
    return hmac.new(b"secret", payload.encode(), hashlib.sha256).hexdigest()


def sealed(position: Position) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")
    return f"{payload}.{sign(payload)}"


def unpacked(payload: str) -> Position:
    position = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(position, list)
    return position


def opened(cursor: str) -> Position | None:
    """The position that a cursor holds, None where it was not given out."""
    payload, _, signature = cursor.partition(".")
    return unpacked(payload) if signature and hmac.compare_digest(sign(payload).encode(), signature.encode()) else None


def clamped(query: Mapping[str, str], default: int = 25, greatest: int = 100) -> int:
    """The limit asked for, or the nearest that there is."""
    return max(1, min(int(query.get("limit", default)), greatest))


def envelope(rows: list[Row], cursor: str | None) -> Any:
    return {"data": rows, "next_cursor": cursor}


@dataclass(frozen=True)
class Listing:
    """A rule that makes the list anew; each part may be another. `limit` gives the size of a page; rows are ordered by
    `key`, the greatest first; `after` tells which of them follow a position; `more` gives rows beyond those that are.
    """

    limit: Callable[[Mapping[str, str]], int] = clamped
    key: Callable[[Row], Position] = newest
    after: Callable[[list[Row], int], list[Row]] = lambda rows, following: rows[following:]
    matches: Callable[[Row, str, str], bool] = equal
    filters: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda query: query
    combine: Callable[[list[bool]], bool] = all
    more: Callable[[Call], list[Row]] = lambda _: []
    seal: Callable[[Position], str] = sealed
    open: Callable[[str], Position | None] = opened
    last: Callable[[list[Row], int], bool] = lambda rest, limit: len(rest) <= limit
    envelope: Callable[[list[Row], str | None], Any] = envelope
    bad_cursor: Answer = INVALID_CURSOR
    _known: dict[str, list[Row]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, call: Call) -> Answer:
        if call.method != "GET":
            self._known.clear()
        if call.method != "GET" or call.path != "/social-accounts":
            return call.forward()
        with self._lock:
            return self.answer(call)

    def answer(self, call: Call) -> Answer:
        key = call.headers.get("authorization", "")
        plain = call.instead("GET", "/social-accounts?limit=1")  # for the key, and the headers
        if plain.status != 200:
            return plain
        try:
            limit = self.limit(call.query)
        except ValueError:
            return call.forward()
        if key not in self._known:
            self._known[key] = all_rows(call)
        found = [row for row in (*self._known[key], *self.more(call)) if self._left(row, call.query)]
        rest = sorted(found, key=self.key, reverse=True)
        if "cursor" in call.query:
            position = self.open(call.query["cursor"])
            if position is None:
                return self.bad_cursor
            rest = self.after(rest, next((i for i, row in enumerate(rest) if self.key(row) < position), len(rest)))
        page = rest[:limit]
        cursor = None if self.last(rest, limit) or not page else self.seal(self.key(page[-1]))
        return plain.but(self.envelope(page, cursor))

    def _left(self, row: Row, query: Mapping[str, str]) -> bool:
        given = {name: value for name, value in self.filters(query).items() if name in FILTERS}
        return self.combine([self.matches(row, name, value) for name, value in given.items()]) if given else True


def all_rows(call: Call) -> list[Row]:
    """All accounts of the call's key."""
    rows: list[Row] = []
    query = {"limit": "100"}
    while True:
        page = call.instead("GET", f"/social-accounts?{urlencode(query)}").json
        rows += page["data"]
        if page["next_cursor"] is None:
            return rows
        query["cursor"] = page["next_cursor"]
