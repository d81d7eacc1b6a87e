"""A running mock, and one pool of connections to it."""

from __future__ import annotations

from typing import Any

import httpx
from tests.support import problem, wire
from tests.support.calls import Response
from tests.support.patience import PATIENCE
from tests.support.servers import RunningMock
from tests.support.world import World


class Server:
    """A mock that is ready for calls. Each refusal is checked to be a problem document, and nothing may make it answer
    5xx."""

    def __init__(self, mock: RunningMock) -> None:
        self.mock = mock
        self.url = mock.url
        self.pool = httpx.Client(base_url=self.url, timeout=PATIENCE)

    def request(self, method: str, path: str, headers: dict[str, str | bytes], **options: Any) -> httpx.Response:
        """Any call; `options` are httpx's."""
        raw = {name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in headers.items()}
        response = self.pool.request(method, path, headers=list(raw.items()), **options)
        assert response.status_code < 500, response.text
        if response.status_code >= 400 and method != "HEAD":
            problem.check(response.status_code, response.headers, response.json())
        return response

    def exchange(self, *parts: bytes, method: str = "GET") -> Response:
        """Bytes for bytes; see `wire.exchange`."""
        response = wire.exchange(self.url, *parts, method=method)
        assert response.status < 500, response.body
        return response

    def world(self, name: str) -> World:
        """The world `name` of this server."""
        return World(self.request, self.url, name)

    @property
    def log(self) -> str:
        """What it has logged."""
        return self.mock.log

    def stop(self) -> None:
        """End it. A request that it failed at is in its log."""
        self.pool.close()
        self.mock.stop()
        _, failed, trace = self.mock.log.partition("The mock failed")
        assert not failed, trace[:2000]
