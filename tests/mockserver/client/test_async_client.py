"""The client for coroutines is the client, written by a script."""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import Callable
from typing import Any

import pytest
from tests.mockserver.client.recorder import recording
from tests.support import async_client
from tests.support.servers import RunningMock
from tests.support.world import World

from postfuze_mock.client import AsyncMockClient, Mock, MockError


@pytest.fixture
def client(server: RunningMock, name: str) -> AsyncMockClient:
    return AsyncMockClient(server.url, f"sk_test_{name}")


@pytest.mark.parametrize("name", async_client.SOURCES)
def test_module_is_what_the_script_writes(name: str) -> None:
    text = (async_client.CLIENT / name).read_text(encoding="utf-8")

    assert text == async_client.written(async_client.SOURCES[name]), "call scripts/async-client"


def test_methods_are_the_same_and_those_that_send_are_coroutines() -> None:
    methods, coroutines = (_methods(each) for each in (Mock, AsyncMockClient))

    assert coroutines.keys() == methods.keys()
    plain = {name for name, method in coroutines.items() if not inspect.iscoroutinefunction(method)}
    assert plain == {"close", "world"}
    for name in methods.keys() - {"world"}:
        assert inspect.signature(methods[name]) == inspect.signature(coroutines[name])


def _methods(client: type) -> dict[str, Callable[..., Any]]:
    return {name: each for name, each in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}


def test_calls_act_on_the_world_of_the_key(client: AsyncMockClient, world: World) -> None:
    async def story() -> str:
        account = await client.create_account(platform="x", username="made")
        assert len(await client.search_accounts()) == 121
        assert [each["id"] for each in await client.search_accounts(limit=1)] == [account["id"]]
        assert await client.world("another").get_clock()
        await client.reset(world="empty")
        return str(account["id"])

    id = asyncio.run(story())
    assert world.get_response(id).status_code == 404


def test_assertion_and_connect_flow_work(client: AsyncMockClient, world: World) -> None:
    async def story() -> None:
        url = (await client.session.post("/social-networks/facebook/auth-url", json={})).json()["auth_url"]
        assert (await client.decide(url, "deny"))["error"] == "access_denied"
        await client.assert_called("createAuthUrl", times=1)
        with pytest.raises(AssertionError, match="listSocialAccounts was not called"):
            await client.assert_called("listSocialAccounts")

    asyncio.run(story())
    assert world.page()["data"]


def test_block_resets_its_world(client: AsyncMockClient, world: World) -> None:
    before = world.state()

    async def story() -> None:
        async with client as same:
            await same.create_account()

    asyncio.run(story())
    assert world.state() == before


def test_client_belongs_to_no_event_loop(client: AsyncMockClient) -> None:
    assert asyncio.run(client.get_clock()) == asyncio.run(client.get_clock())


def test_calls_run_side_by_side(client: AsyncMockClient) -> None:
    async def story() -> list[Any]:
        return await asyncio.gather(*(client.create_account(username=f"user-{n}") for n in range(20)))

    assert [each["username"] for each in asyncio.run(story())] == [f"user-{n}" for n in range(20)]


def test_refusals_are_those_of_the_client(client: AsyncMockClient) -> None:
    with pytest.raises(MockError, match=r"answered 400: .*did you mean facebook\?") as refused:
        asyncio.run(client.create_session("facebok", 2))

    assert (refused.value.status, refused.value.code) == (400, "validation_failed")


def test_server_that_does_not_answer_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(MockError, match=r"did not answer within 0\.05 seconds"):
            asyncio.run(AsyncMockClient(url, timeout=0.05).get_clock())
    with pytest.raises(MockError, match=r"no mock listens at .*; start one with: postfuze-mock serve --port "):
        asyncio.run(AsyncMockClient(url).get_clock())


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"nonsense\r\n\r\n"], ids=["none", "part", "odd"]
)
def test_broken_response_is_reported(answer: bytes) -> None:
    async def story() -> None:
        async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            writer.close()

        server = await asyncio.start_server(respond, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(MockError, match=f"http://127.0.0.1:{port} did not answer: "):
                await AsyncMockClient(f"http://127.0.0.1:{port}").get_clock()

    asyncio.run(story())


def test_chunked_response_is_read() -> None:
    async def story() -> None:
        async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"n\r\n5\r\now":1\r\n1\r\n}\r\n0\r\n\r\n'
            )
            writer.close()

        async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
            client = AsyncMockClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            assert await client.get_clock() == {"now": 1}

    asyncio.run(story())


def test_key_and_token_are_sent_but_not_shown() -> None:
    with recording() as recorder:
        client = AsyncMockClient(recorder.url, "sk_test_secret", control_token="hush")
        asyncio.run(client.put_webhooks([]))
        request = recorder.only()

    assert (request.headers["Authorization"], request.headers["X-Mock-Control-Token"]) == (
        "Bearer sk_test_secret",
        "hush",
    )
    assert request.body == []
    assert "secret" not in repr(client)


def test_cancelled_call_ends_at_once() -> None:
    async def story(url: str) -> None:
        task = asyncio.create_task(AsyncMockClient(url).get_clock())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(story(f"http://127.0.0.1:{silent.getsockname()[1]}"))
