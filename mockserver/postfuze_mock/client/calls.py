"""What the methods of the control API's client have in common: how they call, and how they read lists."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from postfuze_mock.client.connections import refusal, target
from postfuze_mock.client.fields import Json

__tracebackhide__ = True  # pytest shows the line of the test that called, not ours

#: The most entries that a page of a list can have.
MAX_LIMIT: Final = 1000


class Calls(ABC):
    """Calls of the control API for one world."""

    @abstractmethod
    def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        """Status and body of the response to a call of `target`, a path and query below `/_mock`."""

    def _newest(self, path: str, limit: int | None, **query: Any) -> list[Json]:
        """The newest `limit` entries (None: all) of a list that is oldest first: its first page has the newest."""
        pages = self._pages(path, limit, query)
        return [entry for page in reversed(pages) for entry in page]

    def _pages(self, path: str, limit: int | None, query: Mapping[str, Any]) -> list[list[Json]]:
        size, count, cursor = None if limit is None else min(limit, MAX_LIMIT), 0, None
        pages = []
        while True:
            page = self._call("GET", path, query=present(**query, limit=size, cursor=cursor))
            pages.append(page["data"])
            cursor, count = page.get("next_cursor"), count + len(page["data"])
            if cursor is None or count == limit:
                return pages
            size = MAX_LIMIT if limit is None else min(limit - count, MAX_LIMIT)

    def _list(self, method: str, path: str, **parts: Any) -> list[Json]:
        data: list[Json] = self._call(method, path, **parts)["data"]
        return data

    def _record(self, method: str, path: str, **parts: Any) -> Json:
        record: Json = self._call(method, path, **parts)
        return record

    def _call(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        address = target(path, query)
        status, response = self._exchange(method, address, None if body is None else json.dumps(body).encode())
        if not 200 <= status < 300:
            raise refusal(f"{method} /_mock{address}", status, response)
        return json.loads(response) if response else None


def present(**members: Any) -> dict[str, Any]:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def segment(text: str) -> str:
    """`text` as one part of a path."""
    return quote(text, safe="")
