"""`wait`: the response comes once there is an entry."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message
from tests.mockserver.conftest import Start
from tests.mockserver.webhooks.hooked import disconnect_one, hook
from tests.mockserver.webhooks.inbox import inbox, own, send
from tests.support.servers import LocalMock
from tests.support.times import PATIENCE, seconds, until
from tests.support.world import Json, World

from postfuze_mock.app import make_worlds, serve
from postfuze_mock.http import waiting
from postfuze_mock.settings import Settings

#: Seconds: a test that waited so long would have failed.
LONG: Final = 60


@pytest.fixture
def mock(start: Start) -> LocalMock:
    """A mock whose waiting calls can be counted."""
    return start()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def waiting_calls(mock: LocalMock) -> int:
    """How many calls wait, seen from inside: no caller can tell."""
    return len(mock.worlds.context.arrivals)


class Waits:
    """Calls of `mock` that wait in threads."""

    def __init__(self, mock: LocalMock, threads: ThreadPoolExecutor) -> None:
        self.mock = mock
        self.threads = threads

    def start(self, world: World, path: str) -> Future[list[Json]]:
        """Begin a call, and return once it waits."""
        before = waiting_calls(self.mock)
        get = partial(httpx.get, f"{world.url}/_mock{path}", headers={"Authorization": f"Bearer {world.key}"})
        call = self.threads.submit(lambda: cast(list[Json], get(timeout=2 * PATIENCE).json()["data"]))
        until(lambda: waiting_calls(self.mock) > before or call.done(), "the call")
        assert not call.done(), call.result()
        return call


@pytest.fixture
def waits(mock: LocalMock, threads: ThreadPoolExecutor) -> Waits:
    return Waits(mock, threads)


def test_list_of_events_comes_with_the_event(mock: LocalMock, waits: Waits) -> None:
    world = mock.world("acme")
    call = waits.start(world, f"/events?wait={LONG}")
    event = disconnect_one(world)

    assert [each["id"] for each in call.result(PATIENCE)] == [event["id"]]


def test_inbox_comes_with_the_delivery(mock: LocalMock, waits: Waits) -> None:
    world = mock.world("acme")
    hook(world, own(world))
    call = waits.start(world, f"/inbox/acme?wait={LONG}&event=account.disconnected")
    event = disconnect_one(world)

    assert [each["json"]["id"] for each in call.result(PATIENCE)] == [event["id"]]


def test_other_events_do_not_end_a_wait(mock: LocalMock, waits: Waits) -> None:
    world = mock.world("acme")
    calls = [
        waits.start(world, f"/inbox/acme?wait={LONG}&event=second"),
        waits.start(world, f"/events?wait={LONG}&event=account.connected"),
    ]
    disconnect_one(world)
    disconnect_one(mock.world("other"))
    for body in (b'{"event": "first"}', b'{"event": "second"}'):
        send(world, body)
    assert [each["event"] for each in calls[0].result(PATIENCE)] == ["second"]
    session = world.session()
    world.finalize(session["session_token"], session["pages"][0]["id"])

    assert [each["event"] for each in calls[1].result(PATIENCE)] == ["account.connected"]


def test_wait_since_an_entry_ends_with_a_later_one(mock: LocalMock, waits: Waits) -> None:
    world = mock.world("acme")
    first, _ = disconnect_one(world), send(world)
    calls = [
        waits.start(world, f"/events?wait={LONG}&since={first['id']}"),
        waits.start(world, f"/inbox/acme?wait={LONG}&since={inbox(world)[0]['id']}"),
    ]
    second, _ = disconnect_one(world), send(world)

    assert [each["id"] for each in calls[0].result(PATIENCE)] == [second["id"]]
    assert [each["id"] for each in calls[1].result(PATIENCE)] == [inbox(world)[1]["id"]]


def test_entry_that_is_there_comes_at_once(mock: LocalMock) -> None:
    world = mock.world("acme")
    event, _ = disconnect_one(world), send(world)

    assert [each["id"] for each in world.control("GET", f"/events?wait={LONG}")["data"]] == [event["id"]]
    assert len(inbox(world, query=f"?wait={LONG}")) == 1


@pytest.mark.parametrize("path", ["/events", "/inbox/acme"])
def test_wait_without_an_entry_ends_empty(mock: LocalMock, path: str) -> None:
    world = mock.world("acme")
    begin = time.monotonic()
    page = world.control("GET", f"{path}?wait=0.05")

    assert page == {"data": [], "next_cursor": None, "total": 0}
    assert time.monotonic() - begin >= 0.05


@pytest.mark.parametrize("path", ["/events", "/inbox/acme"])
@pytest.mark.parametrize("value", ["-1", "60.5", "61", "1e1", "x", "", "nan", "inf", "1_0", " 1", "0x1", "1."])
def test_invalid_wait_is_refused(world: World, path: str, value: str) -> None:
    response = world.control_response("GET", f"{path}?wait={value}")

    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == ["wait"]


def test_several_calls_may_wait_for_the_same(mock: LocalMock, waits: Waits) -> None:
    world = mock.world("acme")
    calls = [waits.start(world, f"/inbox/acme?wait={LONG}") for _ in range(3)]
    send(world)

    assert [len(call.result(PATIENCE)) for call in calls] == [1, 1, 1]
    until(lambda: waiting_calls(mock) == 0, "the end of the waits")


def test_reset_does_not_end_a_wait(mock: LocalMock, waits: Waits) -> None:
    world = mock.world("acme")
    disconnect_one(world)
    call = waits.start(world, f"/events?wait={LONG}&event=account.connected")
    world.reset()
    session = world.session()
    world.finalize(session["session_token"], session["pages"][0]["id"])

    assert [each["event"] for each in call.result(PATIENCE)] == ["account.connected"]


def test_wait_ends_when_the_client_leaves(mock: LocalMock) -> None:
    address = urlsplit(mock.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /_mock/events?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: waiting_calls(mock) == 1, "the call")

    until(lambda: waiting_calls(mock) == 0, "the end of the wait")


def test_wait_ends_when_the_server_stops(mock: LocalMock, waits: Waits) -> None:
    calls = [waits.start(mock.world("acme"), f"{path}?wait={LONG}") for path in ("/events", "/inbox/acme")]
    begin = time.monotonic()
    mock.stop()

    assert [call.result(PATIENCE) for call in calls] == [[], []]
    assert time.monotonic() - begin < seconds(2)


def test_too_many_waits_are_refused(mock: LocalMock, waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MAX_WAITING", 2)
    world = mock.world("acme")
    calls = [waits.start(world, f"/inbox/acme?wait={LONG}") for _ in range(2)]
    response = world.control_response("GET", f"/events?wait={LONG}")
    assert (response.status_code, response.json()["code"]) == (429, "too_many_waits")
    assert response.headers["retry-after"] == "1"
    assert world.control("GET", "/events")["data"] == []
    send(world)

    assert [len(call.result(PATIENCE)) for call in calls] == [1, 1]
    assert world.control("GET", "/events?wait=0.01")["data"] == []


def test_calls_that_wait_take_no_thread(mock: LocalMock) -> None:
    before = threading.active_count()

    async def calls() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=mock.url, timeout=PATIENCE) as client:
            waits = [asyncio.create_task(client.get(f"/_mock/inbox/acme?wait={LONG}")) for _ in range(50)]
            while waiting_calls(mock) < len(waits):  # noqa: ASYNC110 - a thread would be counted
                await asyncio.sleep(0.01)
            assert threading.active_count() < before + len(waits) / 2  # those of earlier tests may end
            await client.post("/_mock/inbox/acme")
            return await asyncio.gather(*waits)

    assert [len(response.json()["data"]) for response in asyncio.run(calls())] == [1] * 50


class OtherServer:
    """An ASGI server that calls the application, and tells that the client is gone when `gone` is set."""

    def __init__(self) -> None:
        settings = Settings()
        self.worlds = make_worlds(settings)
        self.app = serve(settings, self.worlds)
        self.gone = asyncio.Event()

    async def call(self, method: str, target: str) -> Any:
        path, _, query = target.partition("?")
        messages: list[Message] = []
        body = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            if body:
                return body.pop()
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            messages.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost")],
            "server": ("127.0.0.1", 8080),
        }
        await self.app(scope, receive, send)
        return json.loads(messages[1]["body"]) if messages[1].get("body") else None


@pytest.mark.parametrize("leaves", [True, False], ids=["client leaves", "entry comes"])
def test_waits_work_under_another_server(leaves: bool) -> None:
    async def waited() -> Any:
        server = OtherServer()
        call = asyncio.create_task(server.call("GET", f"/_mock/inbox/acme?wait={LONG}"))
        while not len(server.worlds.context.arrivals):  # noqa: ASYNC110 - the next turn of the loop
            await asyncio.sleep(0)
        if leaves:
            server.gone.set()
        else:
            await server.call("POST", "/_mock/inbox/acme")
        return await call

    assert len(asyncio.run(asyncio.wait_for(waited(), PATIENCE))["data"]) == (0 if leaves else 1)
