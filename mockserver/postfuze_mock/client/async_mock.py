# Written from mock.py by scripts/async-client; change that one.

"""A world of a running mock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from postfuze_mock.client.async_connections import AsyncConnections
from postfuze_mock.client.async_control_api import AsyncControlAPI
from postfuze_mock.client.async_inbox import AsyncInbox
from postfuze_mock.client.connections import MockError, refusal
from postfuze_mock.client.expected_call import ExpectedCall
from postfuze_mock.client.fields import Json
from postfuze_mock.client.http_session import async_http_session, close_session
from postfuze_mock.client.inbox import inbox_path, subscribed
from postfuze_mock.client.waits import Deadline, missing

if TYPE_CHECKING:
    import httpx
__tracebackhide__ = True


class AsyncMockClient(AsyncControlAPI):
    """The control API of the mock at `url`, for the world that `key` opens (None: `demo`).

    `control_token` is the server's `--control-token`; `timeout` is in seconds. Threads may share a client.
    As a context manager it resets the world when the block ends.
    """

    def __init__(
        self, url: str, key: str | None = None, control_token: str | None = None, *, timeout: float = 30.0
    ) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.control_token = control_token
        self._connections = AsyncConnections(self.url, timeout)

    @property
    def api_url(self) -> str:
        """The URL of the API, for the code under test. With `--control-port` the API is at another port."""
        return f"{self.url}/api/v1"

    @cached_property
    def session(self) -> httpx.AsyncClient:
        """A client of httpx for the API, with its URL and the key. Raises ImportError if httpx is not installed."""
        return async_http_session(self.api_url, self.key)

    def world(self, name: str) -> AsyncMockClient:
        """A client for the world `name` of the same mock."""
        return AsyncMockClient(self.url, f"sk_test_{name}", self.control_token, timeout=self._connections.timeout)

    @property
    async def inbox(self) -> AsyncInbox:
        """The webhook inbox of the world, to which all of its events are sent from now on, until it is reset. Raises
        ValueError for a key whose world cannot be told from it."""
        path = inbox_path(self.key)
        webhooks = subscribed(await self.get_webhooks(), path)
        if webhooks is not None:
            await self.put_webhooks(webhooks)
        return AsyncInbox(self, f"{self.url}{path}")

    async def wait_for_event(self, event: str, *, timeout: float = 5.0, since: str | None = None) -> Json:
        """The first event of this name, or the first after the event with the id `since`, once it has happened. Raises
        AssertionError, which says what happened instead, if that takes longer than `timeout` seconds."""
        deadline = Deadline(timeout)
        while True:
            wait = deadline.wait
            events = await self.list_events(event=event, since=since, wait=wait)
            if events:
                return events[0]
            if not wait:
                raise AssertionError(missing(event, timeout, await self.list_events(since=since)))

    async def assert_called(
        self,
        operation: str,
        *,
        times: int | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> list[Json]:
        """Fail unless the journal has `times` calls like this (None: at least one). Returns their entries.

        `query` and `body` must equal what was sent, `headers` must be among what was sent. A part that is left out, or
        a value that is `unittest.mock.ANY`, matches anything. Secrets are masked in the journal, so they cannot be
        compared. Raises AssertionError, which describes the nearest call, and ValueError for an unknown operation.
        """
        entries = await self.list_requests()
        call = ExpectedCall(operation, query, body, headers, status)
        if not any(entry["operation"] == operation for entry in entries):
            await self._check_operation(operation)
        failure = call.failure(times, entries)
        if failure is not None:
            raise AssertionError(failure)
        return call.matches(entries)

    async def decide(
        self,
        auth_url: str,
        decision: Literal["approve", "deny", "expired", "error"] = "approve",
        *,
        pages: int | None = None,
    ) -> dict[str, str]:
        """Decide as the customer whose browser was sent to `auth_url`, with `pages` pages approved. Returns the
        parameters for the `redirect_uri`, also if there is none. Raises MockError if the mock refuses."""
        query = {"decision": decision} | ({} if pages is None else {"pages": str(pages)})
        connections = AsyncConnections(auth_url, self._connections.timeout)
        target = f"{auth_url.removeprefix(connections.origin)}{('&' if '?' in auth_url else '?')}{urlencode(query)}"
        try:
            response = await connections.exchange("GET", target, {"Accept": "application/json"})
        finally:
            connections.close()
        if response.status >= 400:
            raise refusal(f"GET {urlsplit(auth_url).path} ({decision})", response.status, response.body)
        if "Location" in response.headers:
            return dict(parse_qsl(urlsplit(response.headers["Location"]).query))
        outcome: dict[str, str] = json.loads(response.body)
        return outcome

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()
        close_session(self.__dict__.get("session"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            await self.reset()
        finally:
            self.close()

    def __repr__(self) -> str:
        return f"AsyncMockClient({self.url!r})"

    async def _check_operation(self, name: str) -> None:
        """Raises ValueError, with the nearest name, if the API has no operation `name`. The mock knows them."""
        try:
            await self.list_requests(operation=name, limit=1)
        except MockError as error:
            if error.code != "validation_failed":
                raise
            raise ValueError(f"The API has no operation {name}: {error.detail}") from None

    async def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Accept": "application/json"}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        if self.control_token is not None:
            headers["X-Mock-Control-Token"] = self.control_token
        if body is not None:
            headers["Content-Type"] = "application/json"
        path = self.url.removeprefix(self._connections.origin)
        response = await self._connections.exchange(method, f"{path}/_mock{target}", headers, body)
        return (response.status, response.body)
