"""Plays a script of calls against a server, and writes down what came back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import pytest
from tests.support.calls import Caller, Response
from tests.support.keep_alive import Connection
from tests.support.wire import request as raw_request


class Mask(NamedTuple):
    """What differs from run to run, although the answers are the same, and `why`; `where` is part of the path."""

    why: str
    pattern: bytes
    stand_in: bytes
    where: str = ""


MASKS: Final = (
    Mask("the server's address", rb"127\.0\.0\.1:[0-9]+", b"127.0.0.1:PORT"),
    Mask("real time", rb'("received_at"|"sent_at"|"service":"PostFuze","time"):"[^"]*"', rb"\1:TIME"),
    Mask("how long something took", rb'"duration_ms":[0-9.e-]+', b'"duration_ms":N'),
    Mask("signatures have real time in them", rb"t=[0-9]+,v1=[0-9a-f]+", b"t=TIME,v1=HEX"),
    Mask("a place in the journal is a real time", rb'"next_cursor":"[^"]*"', b'"next_cursor":TIME', "/_mock/requests"),
    Mask("a version is any number that is new", rb'"version":[0-9]+,"source"', b'"version":N,"source"', "/_mock/world"),
    Mask("the process", rb'"(memory|connections|workers)":[0-9]+', rb'"\1":N', "/_mock/health"),
    Mask("the engine", rb'"(state|latency_ms|pool)":("[a-z]+"|null|[0-9.]+|\{.*?\})', rb'"\1":FACT', "/_mock/health"),
)
#: What differs besides, if the calls were shared out to several processes.
SHARED_OUT: Final = (
    Mask("numbers of calls, which ids follow from, are given later", rb'"id":"[^"]*"', b'"id":ID', "/_mock/requests"),
)
#: Headers that differ from run to run: the date.
IGNORED_HEADERS: Final = frozenset({"date"})


@dataclass(frozen=True)
class Exchange:
    """A call, with what its title says of it, and its answer."""

    title: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def masked(self, masks: Iterable[Mask]) -> Exchange:
        """The answer without what differs from run to run. A body that was masked may differ in length."""
        body = self.body
        for mask in masks:
            if mask.where in self.path:
                body = re.sub(mask.pattern, mask.stand_in, body)
        ignored = IGNORED_HEADERS | ({"content-length"} if body != self.body else set())
        headers = {
            name: re.sub(r"127\.0\.0\.1:[0-9]+", "127.0.0.1:PORT", value)
            for name, value in self.headers.items()
            if name not in ignored
        }
        return replace(self, headers=headers, body=body)

    def is_as(self, other: Exchange) -> bool:
        """Whether the two answers are the same."""
        return (self.status, self.headers, self.body) == (other.status, other.headers, other.body)

    def differs(self, other: Exchange) -> str:
        """Where the two answers differ."""
        if self.body == other.body or self.status != other.status:
            return f"{self._head()}{self.body!s:.400}\n-- but --\n{other._head()}{other.body!s:.400}"
        at = next(at for at, pair in enumerate(zip_longest(self.body, other.body)) if len(set(pair)) == 2)
        one, two = (each.body[max(0, at - 200) : at + 200].decode(errors="replace") for each in (self, other))
        return f"{self.title}\n  {one}\n-- but --\n  {two}"

    def _head(self) -> str:
        return f"{self.title}\n  {self.status} {dict(self.headers)}\n  "


class Player:
    """Calls the server at `url`. `exchanges` has all calls so far, and their answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.exchanges: list[Exchange] = []
        self._caller = Caller(url, None)

    def close(self) -> None:
        self._caller.close()

    def world(self, name: str) -> Acting:
        """Calls with the key of a world."""
        return Acting(self, f"sk_test_{name}")

    def call(
        self, key: str | None, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> Any:
        """Make a call; returns the value of the answer, None without one. `raw` is a body that is sent as it is."""
        title = (
            f"{len(self.exchanges) + 1}. {method} {path} as {key} {headers or ''} {body if body is not None else ''}"
        )
        if raw is not None:
            response = self._raw(key, method, path, raw, headers)
        else:
            response = self._caller.call(
                method, path, body, key, **{k.replace("_", "-"): v for k, v in headers.items()}
            )
        self.exchanges.append(Exchange(title, path, response.status, response.headers, response.body))
        is_json = "json" in response.headers.get("content-type", "")
        return response.json if is_json and method != "HEAD" else response

    def dropped(self, key: str, method: str, path: str) -> None:
        """Make a call whose connection breaks without an answer."""
        connection = Connection(self.url)
        answer = connection.call(raw_request(method, path, [("Authorization", f"Bearer {key}")]))
        connection.close()
        self.exchanges.append(Exchange(f"{len(self.exchanges) + 1}. {method} {path}", path, answer.status))

    def _raw(self, key: str | None, method: str, path: str, body: bytes, headers: dict[str, str]) -> Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            fields["Authorization"] = f"Bearer {key}"
        self._caller.connection.request(method, path, body, fields)
        answer = self._caller.connection.getresponse()
        return Response(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


@dataclass(frozen=True)
class Acting:
    """Calls with one key."""

    player: Player
    key: str

    def api(self, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Any:
        """A call of the API; the value of its answer."""
        return self.player.call(key or self.key, method, f"/api/v1{path}", body, raw=None, **headers)

    def keyless(self, method: str, path: str, body: object = None) -> Any:
        """A call of the API without a key."""
        return self.player.call(None, method, f"/api/v1{path}", body)

    def mock(self, method: str, path: str, body: object = None) -> Any:
        """A call of the control API; the value of its answer."""
        return self.player.call(self.key, method, f"/_mock{path}", body)


def check_same(first: list[Exchange], second: list[Exchange], masks: Sequence[Mask] = MASKS) -> None:
    """Fail with the first two answers that differ."""
    for one, other in zip(first, second, strict=False):
        if not one.masked(masks).is_as(other.masked(masks)):
            pytest.fail(one.masked(masks).differs(other.masked(masks)))
    assert len(first) == len(second)
