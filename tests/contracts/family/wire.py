"""What passes between a caller and the mock, to be changed on the way."""

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
class Answer:
    """What goes back to the caller; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed; a new object each time, to be changed as one likes."""
        return json.loads(self.body) if self.body else None

    def but(self, body: object, status: int | None = None, **headers: str) -> Answer:
        """This answer with another body, and another status and further headers where given (`_` for `-`)."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return Answer(status or self.status, {**self.headers, **more}, json.dumps(body).encode())


def answer(status: int, body: object, media_type: str = "application/json") -> Answer:
    """An answer of one's own."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": media_type}, content)


@dataclass(frozen=True)
class Call:
    """What came in; `path` is below the API's root, undecoded; `operation` is the spec's ("" for none)."""

    app: ASGIApp
    scope: Scope = field(repr=False)
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        return next(
            (name for name, method, path in routes() if method == self.method and path.fullmatch(self.path)), ""
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The query; of a name that is given more than once, the last value."""
        return dict(self.query)

    @property
    def id(self) -> str:
        """The account's id, or the session's token, in the path."""
        parts = self.path.split("/")
        return parts[3] if parts[2] == "pending" else parts[2]

    @property
    def json(self) -> Any:
        """The body, parsed; None where it is no JSON, or too deep."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def but(self, **changes: Any) -> Call:
        return replace(self, **changes)

    def asking(self, **parameters: str) -> Call:
        """This call with these parameters in its query, in the place of those of the same name."""
        return self.without(*parameters).but(query=(*self.without(*parameters).query, *parameters.items()))

    def without(self, *names: str) -> Call:
        return self.but(query=tuple(pair for pair in self.query if pair[0] not in names))

    def keyed(self, key: str) -> Call:
        """This call with another key."""
        return self.but(headers={**self.headers, "authorization": f"Bearer {key}"})

    def sending(self, body: object) -> Call:
        content = json.dumps(body).encode()
        headers = {**self.headers, "content-type": "application/json", "content-length": str(len(content))}
        return self.but(body=content, headers=headers)

    def instead(self, method: str, path: str) -> Call:
        """Another call without a body, with the same headers."""
        headers = {name: value for name, value in self.headers.items() if not name.startswith("content-")}
        return self.but(method=method, path=path, query=(), body=b"", headers=headers)

    async def answer(self) -> Answer:
        """What the mock says."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(self._scope(), receive, send)
        headers = {name.decode(): value.decode("latin-1") for name, value in sent[0].get("headers", ())}
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], {name.lower(): value for name, value in headers.items()}, body)

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


Rule = Callable[[Call], Awaitable[Answer]]


@cache
def routes() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """The operations of the spec: id, method, path; literal paths first."""
    found = sorted(spec.operations().items(), key=lambda each: "/pending/" not in each[1].path)
    return tuple((id, each.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path))) for id, each in found)


class Between:
    """An application that lets `rule` answer what comes in below the API's root."""

    def __init__(self, app: ASGIApp, rule: Rule) -> None:
        self.app = app
        self.rule = rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API_PATH):
            await self.app(scope, receive, send)
            return
        said = await self.rule(await self._call(scope, receive))
        headers = {**said.headers, "content-length": str(len(said.body))}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": said.status, "headers": raw})
        await send({"type": "http.response.body", "body": said.body})

    async def _call(self, scope: Scope, receive: Receive) -> Call:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = raw.decode("latin-1").removeprefix(API_PATH)
        return Call(self.app, scope, scope["method"], path, tuple(query), headers, body)
