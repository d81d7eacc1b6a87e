"""Many calls at once, shared out to three processes: each thing happens once, and every process shows the same."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

import pytest
from tests.engines.conftest import FROZEN, SHARED, Share, engine_state
from tests.support.cluster import Cluster, volley
from tests.support.keep_alive import Answer
from tests.support.processes import MockProcess
from tests.support.wire import request
from tests.support.world import World

ACCOUNTS: Final = "/api/v1/social-accounts"


@pytest.fixture(scope="module", params=SHARED)
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three processes, which the tests of this module share: each has a world of its own."""
    with engine_state(request.param, request, tmp_path_factory.mktemp("engine")) as state:
        cluster = Cluster(state, 3, *FROZEN, folder=tmp_path_factory.mktemp("cluster"))
        yield cluster
        cluster.stop()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A server with its worlds in memory, for the same calls one after the other."""
    server = MockProcess(*FROZEN, folder=tmp_path_factory.mktemp("alone"))
    yield server
    server.stop()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A world that only the test uses."""
    return hashlib.blake2s(request.node.nodeid.encode(), digest_size=8).hexdigest()


@pytest.fixture
def world(cluster: Cluster, name: str) -> World:
    return cluster.world(name)


def at_once(cluster: Cluster, world: World, count: int, method: str, path: str, body: object = None) -> list[Answer]:
    """The answers to `count` equal calls, which are sent to all processes at once."""
    content = b"" if body is None else json.dumps(body).encode()
    fields: list[tuple[str, str | bytes]] = [*world.bearer().items(), ("Content-Length", str(len(content)))]
    if body is not None:
        fields.append(("Content-Type", "application/json"))
    return settled(cluster, [request(method, path, fields, content)] * count)


def settled(cluster: Cluster, requests: list[bytes]) -> list[Answer]:
    """The answers to requests that are sent at once. Those that an engine was too busy for, which changed nothing, are
    sent again."""
    answers: list[Answer] = []
    while requests:
        given = volley(cluster.urls, requests)
        answers += [answer for answer in given if not is_busy(answer)]
        requests = [request for request, answer in zip(requests, given, strict=True) if is_busy(answer)]
    return answers


def is_busy(answer: Answer) -> bool:
    return answer.status == 503 and answer.json.get("code") == "engine_unavailable"


def statuses(answers: list[Answer]) -> dict[int, int]:
    return dict(Counter(answer.status for answer in answers))


def seen_by_all(cluster: Cluster, world: World, path: str) -> Any:
    """What every process answers to a GET of the control API."""
    bodies = {process.world(world.name).control_response("GET", path).content for process in cluster.processes}
    assert len(bodies) == 1, bodies
    return json.loads(bodies.pop())


def test_one_of_a_hundred_finalizes_wins(cluster: Cluster, world: World) -> None:
    session = world.session(pages=3)
    before = len(world.walk())
    path = f"{ACCOUNTS}/pending/{session['session_token']}/finalize"
    selected = {"selectedPageIds": [page["id"] for page in session["pages"]]}
    answers = at_once(cluster, world, 100, "POST", path, selected)

    assert statuses(answers) == {200: 1, 404: 99}
    (won,) = [answer.json["connectedAccounts"] for answer in answers if answer.status == 200]
    assert len({answer.body for answer in answers if answer.status == 404}) == 1
    after = world.walk()
    assert {account["id"] for account in after[:3]} == {account["id"] for account in won}
    assert len(after) == before + 3
    assert len(world.events("account.connected")) == 3
    assert seen_by_all(cluster, world, "/sessions")["data"] == []


def test_account_is_disconnected_once(cluster: Cluster, world: World) -> None:
    id = world.page(limit=1)["data"][0]["id"]
    answers = at_once(cluster, world, 90, "DELETE", f"{ACCOUNTS}/{id}")

    assert statuses(answers) == {200: 1, 404: 89}
    assert seen_by_all(cluster, world, "/events")["total"] == 1


@pytest.mark.parametrize("behaviour", ["ok", "fails", "revoked"])
def test_token_is_refreshed_once(cluster: Cluster, world: World, alone: MockProcess, behaviour: str) -> None:
    """After ninety probes at once the world is as after some in turn."""
    twin = alone.world(world.name)
    fields = {"platform": "x", "token_expires_at": "2026-06-14T12:00:00Z", "behaviour": {"refresh": behaviour}}
    id = world.make(**fields)["id"]
    assert twin.make(**fields)["id"] == id
    answers = at_once(cluster, world, 90, "GET", f"{ACCOUNTS}/{id}/health")
    in_turn = [twin.health(id) for _ in range(3)]

    assert {json.dumps(answer.json) for answer in answers} == {json.dumps(answer) for answer in in_turn}
    assert world.events() == twin.events()
    assert world.record(id) == twin.record(id)
    assert seen_by_all(cluster, world, "/events")["total"] == len(twin.events())


def test_fault_hits_exactly_as_often_as_it_may(cluster: Cluster, world: World) -> None:
    fault = world.control(
        "POST", "/faults", {"operation": "listSocialAccounts", "effect": {"status": 418}, "times": 10, "after": 20}
    )
    answers = at_once(cluster, world, 300, "GET", f"{ACCOUNTS}?limit=1")

    assert statuses(answers) == {418: 10, 200: 290}
    (seen,) = seen_by_all(cluster, world, "/faults")["data"]
    assert seen == {**fault, "calls": 300, "hits": 10, "left": 0}


def test_chance_of_a_fault_follows_from_the_number_of_the_call(
    cluster: Cluster, world: World, alone: MockProcess
) -> None:
    body = {"operation": "listSocialAccounts", "effect": {"status": 418}, "probability": 0.3}
    world.control("POST", "/faults", body)
    answers = at_once(cluster, world, 90, "GET", f"{ACCOUNTS}?limit=1")
    alone.world(world.name).control("POST", "/faults", body)
    caller = alone.caller(world.key)
    in_turn = Counter(caller.get("/social-accounts", limit=1).status for _ in range(90))

    assert statuses(answers) == in_turn


def test_rate_limit_is_exact(share: Share) -> None:
    cluster = share(3, *FROZEN, "--rate-limits")
    world, other = cluster.world("reading"), cluster.world("writing")
    reads = [answer for _ in range(7) for answer in at_once(cluster, world, 100, "GET", f"{ACCOUNTS}?limit=1")]
    assert statuses(reads) == {200: 600, 429: 100}
    paths = [f"{ACCOUNTS}/{record['account']['id']}" for record in other.state()["accounts"][:30]]
    writes = settled(cluster, [request("DELETE", path, other.bearer().items()) for path in paths])
    assert statuses(writes) == {200: 20, 429: 10}


def test_no_id_and_no_token_is_given_twice(cluster: Cluster, world: World, alone: MockProcess) -> None:
    """Ids follow from counters, so that they are those of the same calls one after the other."""
    made = at_once(cluster, world, 60, "POST", "/_mock/accounts", {"platform": "x"})
    issued = at_once(cluster, world, 60, "POST", "/_mock/sessions", {"network": "facebook", "pages": 2})
    links = at_once(cluster, world, 60, "POST", "/api/v1/social-networks/x/auth-url", {})
    twin = alone.world(world.name)

    assert {answer.json["id"] for answer in made} == {twin.make(platform="x")["id"] for _ in range(60)}
    tokens = {answer.json["session_token"] for answer in issued}
    assert tokens == {twin.session()["session_token"] for _ in range(60)}
    states = {answer.json["auth_url"].partition("state=")[2] for answer in links}
    assert len(states) == 60
    assert len(world.page(limit=100)["data"]) == 100


def test_each_change_at_once_has_an_event_of_its_own(cluster: Cluster, world: World) -> None:
    ids = [account["id"] for account in world.page(limit=60)["data"]]
    answers = settled(cluster, [request("DELETE", f"{ACCOUNTS}/{id}", world.bearer().items()) for id in ids])
    events = seen_by_all(cluster, world, "/events?limit=100")["data"]

    assert statuses(answers) == {200: 60}
    assert len({event["id"] for event in events}) == 60
    assert sorted(event["data"]["id"] for event in events) == sorted(ids)


Load = Callable[[Callable[[World], object]], None]


@pytest.fixture
def loading(cluster: Cluster, name: str) -> Iterator[Load]:
    """Calls a function again and again in three threads, each with a process of its own, until the test ends. What they
    raise fails it."""
    ended = threading.Event()

    def repeat(function: Callable[[World], object], world: World) -> int:
        count = 0
        while not ended.is_set():
            function(world)
            count += 1
        return count

    with ThreadPoolExecutor(3) as threads:
        runs: list[Future[int]] = []

        def start(function: Callable[[World], object]) -> None:
            runs.extend(threads.submit(repeat, function, process.world(name)) for process in cluster.processes)

        try:
            yield start
        finally:
            ended.set()
        assert all(run.result() > 0 for run in runs)


def test_readers_see_the_world_before_or_after_a_reset_but_no_half(
    cluster: Cluster, world: World, loading: Load
) -> None:
    """Two states take turns; each has accounts, sessions, a clock and faults that belong together."""
    states, expected = [], []
    for name, count in (("odd", 7), ("even", 12)):
        one = cluster.world(name)
        one.reset(world={"generate": {"x": count}, "clock": f"2026-0{count // 2}-01T00:00:00Z,frozen"})
        one.session(pages=2, tenant_id=name)
        states.append(one.state())
        expected.append((count, name, one.now()))
    world.control("PUT", "/state", states[0])
    seen: set[tuple[int, str, str]] = set()

    def read(one: World) -> None:
        state = one.state()
        (session,) = state["sessions"]
        seen.add((len(state["accounts"]), session["tenant_id"], state["clock"]["now"]))
        assert len(one.page(limit=100)["data"]) in (7, 12)

    loading(read)
    for number in range(60):
        one, next = (cluster.processes[each % 3].world(world.name) for each in (number, number + 1))
        one.control("PUT", "/state", states[(number + 1) % 2])
        assert len(next.page(limit=100)["data"]) == (12, 7)[number % 2]

    assert seen <= set(expected)


def test_writers_and_resets_leave_no_half(cluster: Cluster, world: World, loading: Load) -> None:
    """Whatever a reset cuts off, each session that is gone has its accounts, and each account its event."""

    def connect(one: World) -> None:
        session = one.session(pages=2)
        pages = [page["id"] for page in session["pages"]]
        assert one.finalize_response(session["session_token"], *pages).status_code in (200, 404)

    world.reset(world="empty")
    loading(connect)
    for _ in range(15):
        state = world.state()
        assert len(state["accounts"]) == len(state["events"])
        assert len(state["accounts"]) % 2 == 0
        cluster.processes[1].world(world.name).reset(keep_world=True)


def test_ten_processes_start_at_once_and_agree(state: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tables are made once, and so are the secrets: each process takes the cursors of every other one."""
    folders = [tmp_path_factory.mktemp("start") for _ in range(10)]
    with ThreadPoolExecutor(10) as threads:
        clusters = list(threads.map(lambda folder: Cluster(state, 1, *FROZEN, folder=folder), folders))
    pages = [each.world("acme").page(limit=2) for each in clusters]
    bodies = [each.world("acme").page(limit=2, cursor=pages[-1]["next_cursor"]) for each in clusters]
    for each in clusters:
        each.stop()

    assert all(page == pages[0] for page in pages)
    assert all(body == bodies[0] for body in bodies)


def test_many_new_worlds_at_once_are_all_made(cluster: Cluster) -> None:
    """Longer, together, than one call waits for a database that others keep busy."""
    keys = [f"sk_test_burst_{number}" for number in range(150)]
    calls = [request("GET", f"{ACCOUNTS}?limit=1", [("Authorization", f"Bearer {key}")]) for key in keys]
    assert Counter(answer.status for answer in volley(cluster.urls, calls)) == {200: len(keys)}
