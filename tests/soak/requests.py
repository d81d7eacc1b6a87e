"""The bytes of requests, and how often each kind of call is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
from tests.soak.model_world import Call, ModelWorld

from postfuze_mock.settings import API_PATH, CONTROL_PATH

Maker = Callable[[ModelWorld], Call | None]
#: The kinds of calls and their weights. A kind makes None where the world has nothing for it.
MIX: Final[dict[Maker, float]] = {}


def kind(weight: float) -> Callable[[Maker], Maker]:
    """Register a kind of call that is made with this weight."""

    def register(maker: Maker) -> Maker:
        MIX[maker] = weight
        return maker

    return register


def request(
    world: ModelWorld,
    method: str,
    path: str,
    body: Any = None,
    *,
    query: Mapping[str, object] | None = None,
    key: str | None = "sk_live_",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A request of `world`; a `body` that is not bytes is sent as JSON. `key` is the prefix of the key, None for
    none."""
    target = path + (f"?{urlencode(query, quote_via=quote)}" if query else "")
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    if key is not None:
        prefix, _, suffix = key.partition("+")
        lines.append(f"Authorization: Bearer {prefix}{world.name}{suffix}")
    if body is not None:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    else:
        content = b""
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def api(world: ModelWorld, method: str, path: str, body: Any = None, **options: Any) -> bytes:
    """A request of the API."""
    return request(world, method, API_PATH + path, body, **options)


def control(world: ModelWorld, method: str, path: str, body: Any = None, **options: Any) -> bytes:
    """A request of the control API."""
    return request(world, method, CONTROL_PATH + path, body, **options)
