"""The application under another ASGI server, where it cannot reach the connections."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import Message
from tests.support.times import until

from postfuze_mock.app import create_app

KEY = {"Authorization": "Bearer sk_test_acme"}
LIST = "/api/v1/social-accounts"


def run(calls: Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]) -> httpx.Response:
    """The last response of `calls` to a new application."""

    async def with_client() -> httpx.Response:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=KEY) as client:
            return await calls(client)

    return asyncio.run(with_client())


def test_plain_uvicorn_serves_it() -> None:
    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), "the server")
        port = server.servers[0].sockets[0].getsockname()[1]
        assert httpx.get(f"http://127.0.0.1:{port}{LIST}", headers=KEY).status_code == 200
    finally:
        server.should_exit = True
        thread.join()


def test_web_socket_is_refused() -> None:
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        messages.append(message)

    async def connect() -> None:
        await create_app()({"type": "websocket", "path": LIST}, receive, send)

    asyncio.run(connect())

    assert [message["type"] for message in messages] == ["websocket.close"]


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_dropping_a_connection_is_refused_with_a_reason(drop: str) -> None:
    async def calls(client: httpx.AsyncClient) -> httpx.Response:
        await client.post("/_mock/faults", json={"operation": "*", "effect": {"drop": drop}})
        return await client.get(LIST)

    response = run(calls)

    assert (response.status_code, response.json()["code"]) == (501, "not_implemented")
    assert "own server" in response.json()["detail"]


def test_delays_work() -> None:
    async def calls(client: httpx.AsyncClient) -> httpx.Response:
        await client.post("/_mock/faults", json={"operation": "*", "effect": {"delay_ms": 1, "status": 503}})
        return await client.get(LIST, headers={"Prefer": "delay=1"})

    assert run(calls).status_code == 503
