# Written from calls.py by scripts/async-client; change that one.

"""What the methods of the control API's client have in common: how they call, and how they read lists."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from postfuze_mock.client.calls import MAX_LIMIT, present
from postfuze_mock.client.connections import refusal, target
from postfuze_mock.client.fields import Json

__tracebackhide__ = True


class AsyncCalls(ABC):
    """Calls of the control API for one world."""

    @abstractmethod
    async def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        """Status and body of the response to a call of `target`, a path and query below `/_mock`."""

    async def _newest(self, path: str, limit: int | None, **query: Any) -> list[Json]:
        """The newest `limit` entries (None: all) of a list that is oldest first: its first page has the newest."""
        pages = await self._pages(path, limit, query)
        return [entry for page in reversed(pages) for entry in page]

    async def _pages(self, path: str, limit: int | None, query: Mapping[str, Any]) -> list[list[Json]]:
        size, count, cursor = (None if limit is None else min(limit, MAX_LIMIT), 0, None)
        pages = []
        while True:
            page = await self._call("GET", path, query=present(**query, limit=size, cursor=cursor))
            pages.append(page["data"])
            cursor, count = (page.get("next_cursor"), count + len(page["data"]))
            if cursor is None or count == limit:
                return pages
            size = MAX_LIMIT if limit is None else min(limit - count, MAX_LIMIT)

    async def _list(self, method: str, path: str, **parts: Any) -> list[Json]:
        data: list[Json] = (await self._call(method, path, **parts))["data"]
        return data

    async def _record(self, method: str, path: str, **parts: Any) -> Json:
        record: Json = await self._call(method, path, **parts)
        return record

    async def _call(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        address = target(path, query)
        status, response = await self._exchange(method, address, None if body is None else json.dumps(body).encode())
        if not 200 <= status < 300:
            raise refusal(f"{method} /_mock{address}", status, response)
        return json.loads(response) if response else None
