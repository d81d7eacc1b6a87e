"""The application under another ASGI server than the mock's own, which keeps its connections to itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import Message
from tests.e2e.mock_process import until

from postfuze_mock.app import create_app

KEY = {"Authorization": "Bearer sk_test_acme"}
LIST = "/api/v1/social-accounts"


def run(play: Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]) -> httpx.Response:
    """What `play` ends with, against an application of its own."""

    async def playing() -> httpx.Response:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=KEY) as client:
            return await play(client)

    return asyncio.run(playing())


def test_uvicorn_serves_it_without_being_told_how() -> None:
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
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def connecting() -> None:
        await create_app()({"type": "websocket", "path": LIST}, receive, send)

    asyncio.run(connecting())

    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_connection_cannot_be_dropped_and_that_is_told(drop: str) -> None:
    async def play(client: httpx.AsyncClient) -> httpx.Response:
        await client.post("/_mock/faults", json={"operation": "*", "effect": {"drop": drop}})
        return await client.get(LIST)

    answer = run(play)

    assert (answer.status_code, answer.json()["code"]) == (501, "not_implemented")
    assert "own server" in answer.json()["detail"]


def test_answers_are_late_all_the_same() -> None:
    async def play(client: httpx.AsyncClient) -> httpx.Response:
        await client.post("/_mock/faults", json={"operation": "*", "effect": {"delay_ms": 1, "status": 503}})
        return await client.get(LIST, headers={"Prefer": "delay=1"})

    assert run(play).status_code == 503
