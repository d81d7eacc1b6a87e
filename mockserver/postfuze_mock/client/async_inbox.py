# Written from inbox.py by scripts/async-client; change that one.

"""The webhook inbox of a world."""

from __future__ import annotations

from postfuze_mock.client.async_control_api import AsyncControlAPI
from postfuze_mock.client.fields import Json
from postfuze_mock.client.inbox import Entries
from postfuze_mock.client.waits import Deadline, missing

__tracebackhide__ = True


class AsyncInbox:
    """The inbox at `url` of the mock that `api` controls.

    An entry is a delivery as it came: `id`, `received_at`, `event`, `headers`, `body` (raw, as text), `json`, and
    `signature` with a `verdict` (`valid`, `invalid`, `missing`, `unknown`) and a `detail`.
    """

    def __init__(self, api: AsyncControlAPI, url: str) -> None:
        self._api = api
        self.url = url
        self.name = url.rpartition("/")[2]

    async def list(self, event: str | None = None, *, since: str | None = None) -> Entries:
        """The entries, oldest first: those of an `event`, and after the entry with the id `since`."""
        return await self._api.list_inbox(self.name, event=event, since=since)

    async def wait_for(self, event: str, timeout: float = 5.0, *, since: str | None = None) -> Json:
        """The first entry of `event`, once it is there. Raises AssertionError, which says what came instead, if none
        comes within `timeout` seconds."""
        deadline = Deadline(timeout)
        while True:
            wait = deadline.wait
            entries = await self._api.list_inbox(self.name, event=event, since=since, wait=wait)
            if entries:
                return entries[0]
            if not wait:
                raise AssertionError(
                    missing(event, timeout, await self.list(since=since), f" to the inbox {self.name}")
                )

    async def clear(self) -> None:
        """Remove all entries."""
        await self._api.clear_inbox(self.name)

    def __repr__(self) -> str:
        return f"Inbox({self.url!r})"
