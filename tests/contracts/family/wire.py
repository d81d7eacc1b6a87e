"""Requests and responses between a client and the mock, which a variant may change."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock import spec
from postfuze_mock.settings import API_PATH


@dataclass(frozen=True)
class Response:
    """The response to the client; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, status: int, body: object, media_type: str = "application/json") -> Response:
        """A response from scratch; `body` is sent as JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return cls(status, {"content-type": media_type}, content)

    @property
    def json(self) -> Any:
        """The body, parsed anew at each access, so that callers may change it."""
        return json.loads(self.body) if self.body else None

    def with_body(self, body: object, status: int | None = None, **headers: str) -> Response:
        """This response with another body, and optionally another status and more headers (`_` stands for `-`)."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(status or self.status, {**self.headers, **more}, json.dumps(body).encode())

    def with_media_type(self, media_type: str) -> Response:
        return Response(self.status, {**self.headers, "content-type": media_type}, self.body)


@dataclass(frozen=True)
class Request:
    """The request of a client; `path` is relative to the API's root and not decoded."""

    app: ASGIApp
    scope: Scope = field(repr=False)
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operationId; empty where the spec has no such operation."""
        return next(
            (name for name, method, path in routes() if method == self.method and path.fullmatch(self.path)), ""
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The query as a mapping; the last value wins where a name is repeated."""
        return dict(self.query)

    @property
    def id(self) -> str:
        """The account id or session token in the path."""
        parts = self.path.split("/")
        return parts[3] if parts[2] == "pending" else parts[2]

    @property
    def json(self) -> Any:
        """The body, parsed; None if it is not JSON or nests too deeply."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def replace(self, **changes: Any) -> Request:
        return replace(self, **changes)

    def with_query(self, **parameters: str) -> Request:
        """This request with these query parameters, replacing those of the same names."""
        rest = self.without_query(*parameters).query
        return replace(self, query=(*rest, *parameters.items()))

    def without_query(self, *names: str) -> Request:
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))

    def with_key(self, key: str) -> Request:
        return replace(self, headers={**self.headers, "authorization": f"Bearer {key}"})

    def with_body(self, body: object) -> Request:
        """This request with `body`, sent as JSON."""
        content = json.dumps(body).encode()
        headers = {**self.headers, "content-type": "application/json", "content-length": str(len(content))}
        return replace(self, body=content, headers=headers)

    def to(self, method: str, path: str) -> Request:
        """A request with the same headers to another endpoint, with neither query nor body."""
        headers = {name: value for name, value in self.headers.items() if not name.startswith("content-")}
        return replace(self, method=method, path=path, query=(), body=b"", headers=headers)

    async def send(self) -> Response:
        """Pass the request on to the mock."""
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(self._scope(), receive, collect)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in messages[0].get("headers", ())}
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return Response(messages[0]["status"], headers, body)

    def _scope(self) -> Scope:
        raw = (API_PATH + self.path).encode()
        query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in self.query)
        same = parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True) == list(self.query)
        return {
            **self.scope,
            "method": self.method,
            "raw_path": raw,
            "path": raw.decode(),
            "query_string": self.scope["query_string"] if same else query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()],
        }


Handler = Callable[[Request], Awaitable[Response]]


@cache
def routes() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """The operations of the spec as (operationId, method, path pattern), literal paths first."""
    operations = sorted(spec.operations().items(), key=lambda item: "/pending/" not in item[1].path)
    return tuple((id, each.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path))) for id, each in operations)


class Interceptor:
    """An ASGI application that lets `handler` respond to every API request."""

    def __init__(self, app: ASGIApp, handler: Handler) -> None:
        self.app = app
        self.handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API_PATH):
            await self.app(scope, receive, send)
            return
        response = await self.handler(await self._request(scope, receive))
        headers = {**response.headers, "content-length": str(len(response.body))}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": raw})
        await send({"type": "http.response.body", "body": response.body})

    async def _request(self, scope: Scope, receive: Receive) -> Request:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = raw.decode("latin-1").removeprefix(API_PATH)
        return Request(self.app, scope, scope["method"], path, tuple(query), headers, body)
