"""Plain HTTP calls: no retries, no redirects, one persistent connection."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from select import select
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.times import PATIENCE

API = "/api/v1"


@dataclass(frozen=True)
class Response:
    """A response; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed; None if it is empty."""
        return json.loads(self.body) if self.body else None


class Caller:
    """Calls the server at `url` with `key` (None: without one)."""

    def __init__(self, url: str, key: str | None) -> None:
        self.key = key
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)

    def call(self, method: str, path: str, body: object = None, key: str | None = None, **headers: str) -> Response:
        """Make a call; `body` is sent as JSON, `key` replaces the caller's."""
        fields = dict(headers)
        if key or self.key:
            fields["Authorization"] = f"Bearer {key or self.key}"
        if body is not None:
            fields["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        self._close_if_server_did()
        self.connection.request(method, path, content, fields)
        response = self.connection.getresponse()
        return Response(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def _close_if_server_did(self) -> None:
        """Close the connection if the server closed it as idle; the next call opens a new one."""
        socket = self.connection.sock
        if socket is not None and select([socket], [], [], 0)[0]:
            self.connection.close()

    def get(self, path: str, key: str | None = None, **query: Any) -> Response:
        """GET an API path; parameters that are None are omitted."""
        return self.call("GET", f"{API}{path}{encoded(query)}", key=key)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def encoded(query: Mapping[str, Any]) -> str:
    """`?…` without parameters that are None; empty without parameters."""
    parameters = {name: value for name, value in query.items() if value is not None}
    return f"?{urlencode(parameters)}" if parameters else ""
