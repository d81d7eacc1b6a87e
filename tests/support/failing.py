"""A world with faults, and calls that may fail."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx
from tests.support import schemas, wire
from tests.support.servers import RunningMock
from tests.support.times import PATIENCE
from tests.support.world import API, Json, World

LIST: Final = "/social-accounts"
LISTING: Final = "listSocialAccounts"


@dataclass(frozen=True)
class Failing:
    """The world `world` of `server`. Unlike `World`, it accepts 5xx."""

    server: RunningMock
    world: World

    def set(self, operation: str = LISTING, **more: Any) -> Json:
        """Create a fault; other arguments belong to its effect."""
        members = {name: more.pop(name) for name in ("times", "after", "probability", "preset") if name in more}
        effect = {"effect": more} if more else {}
        return cast(Json, self.world.control("POST", "/faults", {"operation": operation, **members, **effect}))

    def refusal(self, **body: Any) -> Json:
        """Send a fault that must be refused; returns the first error."""
        response = self.world.control_response("POST", "/faults", body)
        assert response.status_code == 400, response.text
        return cast(Json, response.json()["errors"][0])

    def faults(self) -> list[Json]:
        return cast(list[Json], self.world.control("GET", "/faults")["data"])

    def call(self, method: str = "GET", path: str = LIST, prefer: str | None = None, **options: Any) -> httpx.Response:
        """Call the API; a failure must be a problem document with its status."""
        headers = {
            **self.world.bearer(),
            **({} if prefer is None else {"Prefer": prefer}),
            **options.pop("headers", {}),
        }
        response = self.server.pool.request(method, f"{API}{path}", headers=headers, **options)
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            schemas.check("Problem", response.json())
            assert response.json()["status"] == response.status_code
        return response

    def statuses(self, count: int, path: str = LIST) -> list[int]:
        """The statuses of `count` calls."""
        return [self.call(path=path).status_code for _ in range(count)]

    def open(self, method: str = "GET", path: str = LIST, body: bytes = b"") -> socket.socket:
        """Send a request on a new connection without reading the response."""
        headers = [(name, value) for name, value in self.world.bearer().items()]
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))] if body else []
        host, port = self.server.url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
        connection.sendall(wire.request(method, f"{API}{path}", headers, body))
        return connection
