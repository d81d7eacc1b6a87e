"""Several processes on one engine deliver as one would: once, and in order."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import httpx
import pytest
from tests.mockserver.conftest import COMMON
from tests.mockserver.webhooks.hooked import URL, deliveries, disconnect_one, events, hook, put, settled
from tests.mockserver.webhooks.inbox import inbox, own, send
from tests.mockserver.webhooks.receiver import OK, Received, Receiver, hanging, status_line
from tests.mockserver.webhooks.stored import opened
from tests.support.gate import gate
from tests.support.processes import MockProcess
from tests.support.servers import LocalMock, RunningMock
from tests.support.times import PATIENCE, later, until
from tests.support.world import Json, World

from postfuze_mock.state.sql.database import away
from postfuze_mock.webhooks import shared_deliverer

#: Seconds: a test that waited so long would have failed.
LONG: Final = 3600.0
#: `postfuze-mock` whose claims end soon when it is killed.
_SHORT_LEASE: Final = (
    sys.executable,
    "-c",
    """
from postfuze_mock.cli import main
from postfuze_mock.state.sql.database import away
from postfuze_mock.webhooks import shared_deliverer
shared_deliverer.LEASE = 1.0
raise SystemExit(main())
""",
)


class Replicas(Protocol):
    """Returns so many more servers of the test's database, as the world `acme` of each."""

    def __call__(self, count: int) -> list[World]: ...


@pytest.fixture
def mocks() -> Iterator[list[RunningMock]]:
    """What is stopped after the test."""
    mocks: list[RunningMock] = []
    yield mocks
    for mock in mocks:
        mock.stop()


@pytest.fixture
def replicas(state_url: str, mocks: list[RunningMock]) -> Replicas:
    def start(count: int) -> list[World]:
        new = [LocalMock(*COMMON, "--state", state_url) for _ in range(count)]
        mocks.extend(new)
        return [mock.world("acme") for mock in new]

    return start


@pytest.fixture
def long_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets a claim because it ends."""
    monkeypatch.setattr(shared_deliverer, "LEASE", LONG)


def ids(received: list[Received]) -> list[str]:
    return [each.event["id"] for each in received]


def claim(state_url: str) -> tuple[str, int]:
    """Who delivers the only queue of a database, and until when that is claimed."""
    with opened(state_url) as database:
        owner, wake_at = database.run_now(lambda: database.read("SELECT owner, wake_at FROM queues"))[0]
    return owner, wake_at


@pytest.mark.process(quick=True)
def test_events_through_two_processes_are_delivered_once_and_in_order(
    state_url: str, tmp_path: Path, mocks: list[RunningMock], receiver: Receiver, second: Receiver
) -> None:
    for folder in (tmp_path / "1", tmp_path / "2"):
        folder.mkdir()
        mocks.append(MockProcess(*COMMON, "--state", state_url, folder=folder))
    worlds = [mock.world("acme") for mock in mocks]
    hook(worlds[0], receiver.url, second.url, own(worlds[0]))
    for _, world in zip(range(200), cycle(worlds), strict=False):
        disconnect_one_of(world)
    happened = [event["id"] for event in events(worlds[1], "?limit=1000")]

    assert len(happened) == 200
    assert ids(receiver.wait_for(200)) == ids(second.wait_for(200)) == happened
    assert [entry["json"]["id"] for entry in inbox(worlds[0], query="?limit=1000")] == happened
    settled(worlds[0], *["delivered"] * 3)


def disconnect_one_of(world: World) -> None:
    """Disconnect one of the world's own accounts, or a new one."""
    page = world.page(limit=1, platform="x")["data"]
    world.delete((page[0] if page else world.make(platform="x"))["id"])


@pytest.mark.process(quick=True)
def test_what_a_killed_process_was_delivering_another_delivers_first(
    state_url: str, tmp_path: Path, mocks: list[RunningMock], replicas: Replicas, receiver: Receiver
) -> None:
    killed = MockProcess(*COMMON, "--state", state_url, folder=tmp_path, start=_SHORT_LEASE)
    mocks.append(killed)
    receiver.next(hanging)
    hook(killed.world("acme"), receiver.url)
    happened = [disconnect_one(killed.world("acme"))["id"] for _ in range(3)]
    receiver.wait_for(1)
    killed.send(signal.SIGKILL)
    (survivor,) = replicas(1)

    assert ids(receiver.wait_for(4)) == [happened[0], *happened]
    settled(survivor, "delivered")
    assert [len(each["attempts"]) for event in events(survivor) for each in event["deliveries"]] == [1, 1, 1]


@pytest.mark.usefixtures("long_lease")
def test_process_that_stops_lets_others_deliver_at_once(
    mocks: list[RunningMock], replicas: Replicas, receiver: Receiver
) -> None:
    (first,) = replicas(1)
    receiver.next(hanging)
    hook(first, receiver.url)
    happened = [disconnect_one(first)["id"] for _ in range(2)]
    receiver.wait_for(1)
    (second,) = replicas(1)
    mocks[0].stop()

    assert ids(receiver.wait_for(3)) == [happened[0], *happened]
    settled(second, "delivered")


def test_long_attempt_is_made_by_one_process(
    state_url: str, replicas: Replicas, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_deliverer, "LEASE", 0.3)
    worlds = replicas(2)
    receiver.next(hanging)
    hook(worlds[0], receiver.url)
    disconnect_one(worlds[0])
    receiver.wait_for(1)
    claims: set[tuple[str, int]] = set()

    def is_renewed() -> bool:
        claims.add(claim(state_url))
        return len(claims) > 5

    until(is_renewed, "the renewals")
    assert len({owner for owner, _ in claims}) == len(receiver.wait_for(1)) == 1


def test_attempt_is_recorded_once_when_the_answer_of_the_database_is_lost(
    mocks: list[RunningMock], replicas: Replicas, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world,) = replicas(1)
    mock = mocks[0]
    assert isinstance(mock, LocalMock)
    run = mock.worlds.engine.run
    done: list[object] = []

    async def losing(work: Any, *, write: bool = False) -> Any:
        """As `run`, but the first answer to each record of an attempt is lost, after the commit."""
        result = await run(work, write=write)
        if isinstance(work, partial) and work.args[-1] not in (None, *done):
            done.append(work.args[-1])
            raise away("The connection was lost.")
        return result

    monkeypatch.setattr(mock.worlds.engine, "run", losing)
    hook(world, receiver.url)
    happened = [disconnect_one(world)["id"] for _ in range(5)]
    settled(world, "delivered")

    assert ids(receiver.wait_for(5)) == happened
    assert [len(each["attempts"]) for event in events(world) for each in event["deliveries"]] == [1] * 5
    assert len(done) == 5


def test_attempt_is_recorded_when_the_database_is_back(
    postgres_url: str, mocks: list[RunningMock], receiver: Receiver
) -> None:
    from tests.support import postgres  # imports psycopg, which few tests need

    place, release = urlsplit(postgres_url), threading.Event()

    def answering_later(connection: socket.socket, _ended: threading.Event) -> None:
        assert release.wait(PATIENCE)
        connection.sendall(OK)

    with gate(place.port or 0) as the_gate:
        url = postgres.url(postgres_url, place.path.strip("/"), the_gate.port)
        mock = LocalMock(*COMMON, "--state", url)
        mocks.append(mock)
        world = mock.world("acme")
        receiver.next(answering_later)
        hook(world, receiver.url)
        happened = [disconnect_one(world)["id"] for _ in range(2)]
        receiver.wait_for(1)
        the_gate.close()
        release.set()
        until(lambda: mock.pool.get("/_mock/health").status_code == 503, "the loss of the database")
        the_gate.open()
        until(lambda: mock.pool.get("/_mock/health").status_code == 200, "the database")
        settled(world, "delivered")

        assert ids(receiver.wait_for(2)) == happened
        mock.stop()


@pytest.mark.usefixtures("long_lease")
def test_reset_through_another_process_ends_an_attempt(replicas: Replicas, receiver: Receiver) -> None:
    worlds, hung_up = replicas(3), threading.Event()

    def telling(connection: socket.socket, ended: threading.Event) -> None:
        hanging(connection, ended)
        hung_up.set()

    receiver.next(telling)
    hook(worlds[0], receiver.url)
    first = disconnect_one(worlds[0])
    receiver.wait_for(1)
    for world in worlds[1:]:
        world.reset()  # one of them is not the process that delivers

    assert hung_up.wait(5)  # an attempt itself has 10 seconds
    hook(worlds[1], receiver.url)
    again = disconnect_one(worlds[1])
    assert again["id"] == first["id"]
    (delivery,) = settled(worlds[2], "delivered")
    assert len(delivery["attempts"]) == 1
    assert len(receiver.wait_for(2)) == 2


@pytest.mark.usefixtures("long_lease")
def test_webhook_removed_through_another_process_gets_no_more(replicas: Replicas, receiver: Receiver) -> None:
    worlds, release = replicas(3), threading.Event()

    def failing_later(connection: socket.socket, _ended: threading.Event) -> None:
        assert release.wait(PATIENCE)
        connection.sendall(status_line(500))

    receiver.next(failing_later)
    hook(worlds[0], receiver.url)
    for _ in range(2):
        disconnect_one(worlds[0])
    receiver.wait_for(1)
    for world in worlds:
        put(world, [])
    release.set()
    until(lambda: bool(deliveries(worlds[1], 0)[0]["attempts"]), "the attempt")

    assert [deliveries(worlds[2], at)[0]["status"] for at in (0, 1)] == ["given_up", "given_up"]
    assert len(receiver.wait_for(1)) == 1


def test_clock_and_redelivery_work_through_any_process(replicas: Replicas, receiver: Receiver) -> None:
    worlds = replicas(3)
    hook(worlds[0], receiver.url)
    receiver.next(500)
    event = disconnect_one(worlds[0])
    settled(worlds[1], "failed")
    worlds[1].advance(minutes=1)
    settled(worlds[2], "delivered")
    worlds[2].control("POST", f"/events/{event['id']}/redeliver")

    assert ids(receiver.wait_for(3)) == [event["id"]] * 3
    (delivery,) = settled(worlds[0], "delivered")
    assert [each["status"] for each in delivery["attempts"]] == [500, 200, 200]


def test_running_clock_triggers_an_attempt_of_any_process(
    mocks: list[RunningMock], replicas: Replicas, receiver: Receiver
) -> None:
    (first,) = replicas(1)
    hook(first, receiver.url)
    receiver.next(500)
    disconnect_one(first)
    (failed,) = settled(first, "failed")
    mocks[0].stop()
    (second,) = replicas(1)
    second.control("PUT", "/clock", {"now": failed["next_attempt_at"].replace(":00.", ":59."), "frozen": False})

    settled(second, "delivered")


@pytest.mark.parametrize("path", ["/events", "/inbox/acme"])
def test_wait_ends_with_what_came_through_another_process(
    mocks: list[RunningMock], replicas: Replicas, path: str
) -> None:
    waiting, other = replicas(2)
    disconnect_one(waiting), send(waiting)
    since = waiting.control("GET", path)["data"][-1]["id"]
    mock, key = mocks[0], {"Authorization": f"Bearer {waiting.key}"}
    assert isinstance(mock, LocalMock)
    with ThreadPoolExecutor() as threads:
        call = threads.submit(
            httpx.get,
            f"{waiting.url}/_mock{path}?wait=60&since={since}",
            headers=key,
            timeout=90,
        )
        until(lambda: len(mock.worlds.context.arrivals) == 1, "the call")
        event, _ = disconnect_one(other), send(other)
        (entry,) = call.result(PATIENCE).json()["data"]

    assert entry["id"] in (event["id"], inbox(other)[-1]["id"])
    until(lambda: len(mock.worlds.context.arrivals) == 0, "the end of the wait")


def test_event_is_sent_again_to_an_inbox_through_any_process(replicas: Replicas) -> None:
    worlds = replicas(2)
    hook(worlds[0], own(worlds[0]))
    first = disconnect_one(worlds[0])
    for world in worlds:
        again = world.control("POST", f"/events/{first['id']}/redeliver")
        assert again["deliveries"][0]["status"] == "delivered"
    second = disconnect_one(worlds[1])

    assert [entry["json"]["id"] for entry in inbox(worlds[0])] == [first["id"]] * 3 + [second["id"]]


def failed_state(world: World) -> Json:
    """The state of a world whose only event could not be delivered to the only webhook."""
    hook(world, URL)
    disconnect_one(world)
    settled(world, "failed")
    return world.state()


def test_delivery_to_an_inbox_that_is_due_later_comes_by_the_running_clock(replicas: Replicas) -> None:
    first, second = replicas(2)
    state = failed_state(first)
    for place in (state["webhooks"][0], state["events"][0]["deliveries"][0]):
        place["url"] = own(first)
    state["clock"] = {"now": later(seconds=59.8), "frozen": False}
    second.control("PUT", "/state", state)

    settled(first, "delivered")
    assert [entry["json"]["id"] for entry in inbox(second)] == [state["events"][0]["id"]]


def test_delivery_is_given_up_after_the_attempts_of_several_processes(replicas: Replicas) -> None:
    first, second = replicas(2)
    state = failed_state(first)
    state["events"][0]["deliveries"][0]["attempts"] *= 5
    second.control("PUT", "/state", state)
    first.advance(minutes=1)

    (delivery,) = settled(second, "given_up")
    assert (len(delivery["attempts"]), delivery["next_attempt_at"]) == (6, None)
    assert second.control("GET", "/world")["deliveries"] == {"failures": 1, "undelivered": 1}


def test_pending_delivery_whose_webhook_is_not_restored_is_given_up(replicas: Replicas) -> None:
    first, second = replicas(2)
    state = failed_state(first)
    state["webhooks"] = []
    second.control("PUT", "/state", state)
    second.advance(minutes=1)

    settled(first, "given_up")
