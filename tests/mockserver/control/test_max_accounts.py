"""`--max-accounts`: no world has more, however they come into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mockserver.conftest import Start
from tests.support.servers import RunningMock
from tests.support.world import World

from postfuze_mock.app import make_worlds
from postfuze_mock.settings import Settings


@pytest.fixture
def world(start: Start) -> World:
    """A world of 120 accounts, in a mock that lets it have 121."""
    mock: RunningMock = start("--max-accounts", "121")
    return mock.world("acme")


def test_full_world_gets_no_more_accounts_until_it_is_reset(world: World) -> None:
    made = world.make()
    refused = world.control_response("POST", "/accounts", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "--max-accounts" in refused.json()["detail"]

    world.delete(made["id"])
    assert world.control_response("POST", "/accounts", {}).status_code == 409  # disconnected, but stored
    world.reset()
    assert len(world.walk()) == 120
    world.make()


def test_full_world_connects_nothing_new_and_keeps_the_session(world: World) -> None:
    world.make()
    token = world.session(pages=2)["session_token"]
    page = world.pending(token)["availablePages"][0]["id"]
    refused = world.finalize_response(token, page)

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert world.pending(token)["availablePages"][0]["id"] == page
    assert len(world.walk()) == 121


def test_saved_state_with_more_accounts_is_refused(start: Start, world: World) -> None:
    larger = start().world("acme")
    for _ in range(2):
        larger.make()
    refused = world.control_response("PUT", "/state", larger.state())

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/accounts")
    assert "122 accounts" in refused.json()["detail"]
    assert len(world.walk()) == 120


def test_reset_to_a_larger_world_is_refused(world: World) -> None:
    refused = world.control_response("POST", "/reset", {"world": {"generate": {"x": 60, "facebook": 62}}})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/world/generate")
    assert len(world.walk()) == 120


@pytest.mark.parametrize(
    ("text", "place"), [("generate: 122", "122"), ("worlds: {acme: {generate: {x: 70, tiktok: 70}}}", "140")]
)
def test_larger_world_file_is_refused_at_the_start(text: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=f"has {place} accounts, and a world may have 121") as refused:
        make_worlds(Settings(world=str(file), max_accounts=121))
    assert "generate" in str(refused.value) or "line" in str(refused.value) or str(file) in str(refused.value)
