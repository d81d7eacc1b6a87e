"""The control API: the notes of the journal, on what a response does not say."""

from __future__ import annotations

from tests.support.world import World


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


def test_unknown_session_has_no_notes(world: World) -> None:
    world.pending_response("unknown", world.key)

    assert notes(world) == []
