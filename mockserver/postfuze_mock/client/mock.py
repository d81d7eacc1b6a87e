"""A world of a running mock."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self

from postfuze_mock.client.asserting import Wanted, check_operation, complaint, matching
from postfuze_mock.client.connecting import decide
from postfuze_mock.client.connections import Connections
from postfuze_mock.client.fields import Json
from postfuze_mock.client.levers import Levers


class Mock(Levers):
    """The levers of the mock at `url`, for the world that `key` opens (None: `demo`).

    `control_token` is what the server was given as `--control-token`; `timeout` is in seconds. Threads may share one.
    As a context manager it resets the world when the block ends.
    """

    def __init__(
        self, url: str, key: str | None = None, control_token: str | None = None, *, timeout: float = 30.0
    ) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.control_token = control_token
        self._connections = Connections(self.url, timeout)

    @property
    def api_url(self) -> str:
        """Where the API is, for the code under test; with `--control-port`, it is elsewhere."""
        return f"{self.url}/api/v1"

    def world(self, name: str) -> Mock:
        """The levers of the world `name` of the same mock."""
        return Mock(self.url, f"sk_test_{name}", self.control_token, timeout=self._connections.timeout)

    def assert_called(
        self,
        operation: str,
        *,
        times: int | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> list[Json]:
        """Was the API called exactly so, so many `times` (None: at least once)? The journal's entries of those calls.

        `query` and `body` are all that was sent, `headers` some of it; what is not given may be anything, and so may
        any part that is `unittest.mock.ANY`. Secrets are masked in the journal, so they cannot be asked for.
        Raises AssertionError, which shows the nearest call and what is different about it, and ValueError for an
        operation that there is none of.
        """
        entries = self.list_requests()
        wanted = Wanted(operation, query, body, headers, status)
        problem = complaint(wanted, times, entries)
        if not any(entry["operation"] == operation for entry in entries):
            check_operation(operation)
        if problem is not None:
            raise AssertionError(problem)
        return matching(wanted, entries)

    def decide(
        self,
        auth_url: str,
        decision: Literal["approve", "deny", "expired", "error"] = "approve",
        *,
        pages: int | None = None,
    ) -> dict[str, str]:
        """Decide as the customer whose browser was sent to `auth_url`, for so many `pages`: the parameters that the
        `redirect_uri` gets, or would get if there were one."""
        return decide(auth_url, decision, pages, self._connections.timeout)

    def close(self) -> None:
        """Hang up."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            self.reset()
        finally:
            self.close()

    def __repr__(self) -> str:
        return f"Mock({self.url!r})"  # without the key, which may be one in use elsewhere

    def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Accept": "application/json"}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        if self.control_token is not None:
            headers["X-Mock-Control-Token"] = self.control_token
        if body is not None:
            headers["Content-Type"] = "application/json"
        path = self.url.removeprefix(self._connections.origin)
        answer = self._connections.exchange(method, f"{path}/_mock{target}", headers, body)
        return answer.status, answer.body
