"""A world of a running mock."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from postfuze_mock.client.connections import Connections
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
        """Where the API is, for the code under test."""
        return f"{self.url}/api/v1"

    def world(self, name: str) -> Mock:
        """The levers of the world `name` of the same mock."""
        return Mock(self.url, f"sk_test_{name}", self.control_token, timeout=self._connections.timeout)

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
