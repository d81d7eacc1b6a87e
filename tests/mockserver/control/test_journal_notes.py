"""The control API: the notes of the journal, on what a response does not say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mockserver.conftest import Serve
from tests.support.world import World

DOCUMENTED = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def notes(world: World) -> list[str]:
    """The notes of the only request."""
    (entry,) = world.requests()
    result: list[str] = entry["notes"]
    return result


def test_ordinary_call_has_no_notes(world: World) -> None:
    world.list_response("platform=x&networkUniqueId=1&limit=5")

    assert notes(world) == []


def test_ignored_parameter_is_noted_with_the_nearest_name(world: World) -> None:
    assert world.list_response("netwrok_unique_id=1&limit=5").status_code == 200

    assert notes(world) == ["`netwrok_unique_id` was ignored; did you mean `network_unique_id`?"]


def test_each_ignored_parameter_is_noted_once(world: World) -> None:
    world.list_response("page=1&PLATFORM=x&page=2&%70latfrom=y&=1")

    assert notes(world) == [
        "`page` was ignored; listSocialAccounts has no such parameter.",
        "`PLATFORM` was ignored; listSocialAccounts has no such parameter.",
        "`platfrom` was ignored; did you mean `platform`?",
        "`` was ignored; listSocialAccounts has no such parameter.",
    ]


def test_parameter_of_another_operation_is_noted(world: World) -> None:
    id = world.make()["id"]
    world.call("GET", f"/social-accounts/{id}/metrics?sinze=0")
    world.call("GET", f"/social-accounts/{id}?since=0")

    assert [entry["notes"] for entry in world.requests()] == [
        ["`sinze` was ignored; did you mean `since`?"],
        ["`since` was ignored; getSocialAccount has no such parameter."],
    ]


def test_refused_key_and_refused_parameter_are_not_noted(world: World) -> None:
    world.list_response("platfrom=x", key=world.revoked_key)
    world.reset(world={"assume": {"parameters.unknown": "refused"}})
    world.list_response("platfrom=x")

    assert notes(world) == []


def test_secret_in_the_name_of_a_parameter_is_masked(world: World) -> None:
    world.list_response("sk_live_secret=1")

    assert notes(world) == ["`sk_live_…` was ignored; listSocialAccounts has no such parameter."]


def test_notes_are_limited_and_leave_out_a_name_that_was_cut(world: World) -> None:
    world.list_response("&".join(f"{number:03}=" for number in range(100)))
    world.list_response(f"a={'b' * 2040}&platfrom=x")

    first, second = (entry["notes"] for entry in world.requests())
    assert len(first) == 20
    assert [note.partition(" ")[0] for note in second] == ["`a`"]


@pytest.mark.parametrize("way", [("GET", ""), ("GET", "/metrics"), ("GET", "/health"), ("DELETE", "")])
def test_account_of_another_world_is_noted_in_the_journal_only(
    world: World, other: World, way: tuple[str, str]
) -> None:
    method, suffix = way
    response = world.call(method, f"/social-accounts/{other.make()['id'].upper()}{suffix}")

    assert (response.status_code, response.json()["detail"]) == (404, "No such account.")
    assert notes(world) == [f"The world {other.name} has this account: call with its key."]


def test_documented_account_is_known_to_be_that_of_demo(serve: Serve, name: str) -> None:
    world = serve("--seed", "77").world(name)
    world.get_response(DOCUMENTED)

    assert notes(world) == ["The world demo has this account: call with its key."]


def test_account_in_the_file_of_a_world_is_found_before_its_first_use(serve: Serve, name: str, tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(f"worlds: {{acme: {{accounts: [{{id: {UNKNOWN}}}]}}}}", encoding="utf-8")
    world = serve("--world", file).world(name)
    world.get_response(UNKNOWN)

    assert notes(world) == ["The world acme has this account: call with its key."]


def test_long_name_of_the_other_world_is_masked(serve: Serve, name: str) -> None:
    secret = serve().world(f"{name}-0123456789-abcdef")
    world = serve().world(name)
    world.get_response(secret.make()["id"])

    assert notes(world) == [f"The world {name[:6]}…ef has this account: call with its key."]


def test_account_that_no_world_has_is_not_noted(world: World, other: World) -> None:
    own, foreign = world.make()["id"], other.make()["id"]
    world.delete(own)
    other.delete(foreign)
    for id in (UNKNOWN, own, foreign):
        world.get_response(id)

    assert [entry["notes"] for entry in world.requests(status="404")] == [[], [], []]


def test_unknown_session_has_no_notes(world: World) -> None:
    world.pending_response("unknown", world.key)

    assert notes(world) == []
