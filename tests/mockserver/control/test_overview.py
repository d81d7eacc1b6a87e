"""The control API: a world at a glance, and what happens next in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.mockserver.conftest import Serve, Start
from tests.support.times import NOW
from tests.support.world import World

ID = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"
FILE = """
generate: 3
worlds:
  acme: {sessions: [{network: facebook, pages: 2}]}
  globex: {generate: 0}
keys: [{key: sk_test_listed, world: acme}]
"""


def glance(world: World, query: str = "") -> Any:
    return world.control("GET", f"/world{query}")


def source(world: World) -> Any:
    return glance(world)["source"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_world_is_described_with_its_clock_and_its_size(world: World) -> None:
    world.session()
    overview = glance(world)

    assert (overview["name"], overview["key"]) == (world.name, f"sk_test_{world.name}")
    assert (overview["accounts"], overview["sessions"]) == (120, 1)
    assert overview["clock"] == {"now": world.now(), "frozen": True}
    assert (overview["seed"], overview["assume"]) == (1, {})


def test_what_made_the_world_is_told(world: World, demo: World) -> None:
    assert source(world) == {"kind": "built_in", "name": None, "restored": False}
    assert source(demo) == {"kind": "shipped", "name": "demo", "restored": False}
    world.reset(world="empty")
    assert source(world) == {"kind": "shipped", "name": "empty", "restored": False}
    world.reset(world={"generate": 1})
    assert source(world)["kind"] == "document"
    world.control_response("PUT", "/state", world.state())
    assert source(world)["restored"] is True
    world.reset()

    assert source(world) == {"kind": "built_in", "name": None, "restored": False}


def test_file_that_made_the_world_is_named_without_its_folder(serve: Serve, file: Path) -> None:
    assert source(serve("--world", file).world("globex")) == {"kind": "file", "name": "acme.yaml", "restored": False}


def test_faults_that_can_still_hit_are_titled(world: World) -> None:
    for body in ({"operation": "*", "effect": {"status": 404}, "times": 1}, {"preset": "service_down"}):
        world.control("POST", "/faults", body)
    world.control("POST", "/faults", {"operation": "getSocialAccount", "effect": {"drop": "reset"}})
    titles = [fault["title"] for fault in glance(world)["faults"]]
    assert titles == ["Status 404 at every operation", "The service is down", "Dropped connection at getSocialAccount"]
    world.list_response()

    assert [fault["title"] for fault in glance(world)["faults"]] == titles[1:]


def test_failed_requests_are_counted_from_a_number_on(world: World) -> None:
    world.page()
    world.list_response("limit=0")
    before = glance(world)["requests"]
    assert before == {"recorded": 2, "failed": 1}
    world.list_response("limit=0")
    world.page()
    assert glance(world, "?requests_since=2")["requests"] == {"recorded": 4, "failed": 1}
    world.control_response("DELETE", "/requests")

    assert glance(world)["requests"] == {"recorded": 4, "failed": 0}


def test_worlds_of_the_file_are_listed_before_they_are_made(serve: Serve, file: Path) -> None:
    mock = serve("--world", file)
    entries = {each["name"]: each for each in mock.client("acme").list_worlds()}
    assert {name: each["made"] for name, each in entries.items()} == {"acme": True, "globex": False, "demo": False}
    assert (entries["acme"]["key"], entries["globex"]["key"]) == ("sk_test_acme", "sk_test_globex")

    assert (entries["acme"]["accounts"], entries["acme"]["sessions"]) == (3, 1)
    assert (entries["globex"]["accounts"], entries["globex"]["sessions"]) == (0, 0)


def test_no_key_is_told_with_strict_keys_or_of_a_masked_name(serve: Serve, file: Path, start: Start) -> None:
    strict = serve("--world", file, "--strict-keys").client("listed")
    assert {each["key"] for each in strict.list_worlds()} == {None}
    assert strict.get_world()["key"] is None
    long = start().client("a-very-long-name-like-a-real-key")

    assert (long.get_world()["name"], long.get_world()["key"]) == ("a-very…ey", None)


def test_told_key_opens_its_world_where_the_modes_are_two_worlds(serve: Serve) -> None:
    mock = serve("--assume", "keys.modes=separate")
    for key in ("sk_live_acme", "sk_test_acme"):
        assert mock.caller(key).call("GET", "/_mock/world").json["key"] == key


def test_next_instants_are_told_in_their_order(empty: World) -> None:
    empty.set_clock(NOW)
    assert empty.control("GET", "/clock/upcoming")["data"] == []
    empty.make(id=ID, token_expires_at="2026-06-14T14:00:00.000Z")
    empty.make(token_expires_at="2026-06-14T15:00:00.000Z")
    empty.make(token_expires_at="2026-06-14T11:00:00.000Z")
    token = empty.session(expires_in=60)["session_token"]

    assert empty.control("GET", "/clock/upcoming")["data"] == [
        {"at": "2026-06-14T12:11:00.000Z", "what": "session_expires", "subject": token},
        {"at": "2026-06-14T14:00:00.000Z", "what": "token_expires", "subject": ID},
    ]


@pytest.mark.parametrize(
    ("text", "name", "first"),
    [
        (FILE, "any", "acme"),
        ("keys: [{key: sk_live_backoffice, world: hooli}]", "any", "hooli"),
        ("generate: 3", "shop", "shop"),
        ("generate: 3", "no such name", "no-such-name"),
        ("generate: 3", "shop_readonly", "mine"),
    ],
)
def test_pages_begin_with_a_world_of_the_file(serve: Serve, tmp_path: Path, text: str, name: str, first: str) -> None:
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    client = serve("--world", tmp_path / f"{name}.yaml").client("reader")

    assert [world["name"] for world in client.list_worlds(first=True)] == [first]


def test_pages_begin_with_demo_without_a_file(start: Start) -> None:
    assert [world["name"] for world in start().client("reader").list_worlds(first=True)] == ["demo"]


def test_version_grows_with_each_change_and_only_then(world: World) -> None:
    version = glance(world)["version"]
    assert glance(world)["version"] == version
    for change in (world.page, world.session, world.make, lambda: world.advance(minutes=1)):
        change()
        assert glance(world)["version"] != version
        version = glance(world)["version"]
