"""The control API: why a call was answered as it was, in the journal's words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.support.world import API, World

DOCUMENTED: Final = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"
KEY_FORM: Final = "Refused: a key is sk_test_NAME or sk_live_NAME, NAME being 1 to 64 of A-Z, a-z, 0-9, _ and -."


def why(world: World) -> Any:
    """Why the last call was answered so."""
    return world.requests()[-1]["why"]


def sentence(world: World) -> str:
    result: str = why(world)["sentence"]
    return result


def test_call_that_succeeds_as_asked_needs_no_reason(world: World) -> None:
    world.list_response("platform=x&limit=5")
    world.finalize(*_session(world))

    assert [entry["why"] for entry in world.requests()] == [None, None]


def _session(world: World) -> tuple[str, str]:
    session = world.session()
    return session["session_token"], session["pages"][0]["id"]


def _deleted(world: World) -> str:
    id: str = world.make()["id"]
    world.delete(id)
    return id


def _used(world: World) -> str:
    token, page = _session(world)
    world.finalize(token, page)
    return token


def _expired(world: World) -> str:
    token: str = world.session(expires_in=1)["session_token"]
    world.advance(2)
    return token


CALLS: Final[dict[str, tuple[Callable[[World], httpx.Response], str]]] = {
    "value": (lambda w: w.list_response("limit=1000"), "Refused: limit must be at most 100."),
    "values": (lambda w: w.list_response("limit=x&id=7"), "Refused: limit must be of type integer; id must be a UUID."),
    "cursor": (
        lambda w: w.list_response("cursor=abc"),
        "Refused: cursor must be the next_cursor of a page of this world, unchanged.",
    ),
    "ignored": (lambda w: w.list_response("platfrom=x"), "`platfrom` was ignored; did you mean `platform`?"),
    "revoked": (
        lambda w: w.list_response(key=w.revoked_key),
        "Refused: the key is revoked, because its name ends in _revoked.",
    ),
    "expired": (
        lambda w: w.list_response(key=w.expired_key),
        "Refused: the key is expired, because its name ends in _expired.",
    ),
    "scope": (
        lambda w: w.delete_response(UNKNOWN, w.readonly_key),
        "Refused: the key lacks the scope accounts:write. Its name ends in _readonly.",
    ),
    "unknown": (lambda w: w.get_response(UNKNOWN), "No account with this id in world {name}."),
    "malformed": (lambda w: w.get_response("17"), "`17` is no account id: an id is a UUID."),
    "deleted": (lambda w: w.get_response(_deleted(w)), "This account was deleted from world {name}."),
    "again": (lambda w: w.delete_response(_deleted(w)), "This account was deleted from world {name}."),
    "used": (
        lambda w: w.call("GET", f"/social-accounts/pending/{_used(w)}"),
        "This session was finalized already, and a session can be finalized only once.",
    ),
    "expired session": (
        lambda w: w.call("GET", f"/social-accounts/pending/{_expired(w)}"),
        "This session has expired: start the connect flow again, or mint another session.",
    ),
    "unknown session": (
        lambda w: w.call("GET", "/social-accounts/pending/unknown"),
        "No world of this server has a session with this token.",
    ),
    "no page": (
        lambda w: w.finalize_response(_session(w)[0]),
        "Refused: selectedPageIds must name at least one page of the session.",
    ),
    "media type": (
        lambda w: w.call("POST", f"/social-accounts/pending/{_session(w)[0]}/finalize", content=b"a", headers=TEXT),
        "Refused: the body must be sent with Content-Type: application/json (in UTF-8); it is text/plain.",
    ),
    "method": (lambda w: w.call("PUT", "/social-accounts"), "PUT is not allowed here; allowed: GET."),
    "path": (
        lambda w: w.call("GET", "/social-acounts"),
        f"There is no {API}/social-acounts. Did you mean {API}/social-accounts?",
    ),
    "prefix": (
        lambda w: w.request("GET", "/social-accounts", w.bearer()),
        f"There is nothing at /social-accounts; did you mean {API}/social-accounts?",
    ),
    "not mocked": (lambda w: w.call("GET", "/posts"), f"The real service has {API}/posts; this mock does not."),
    "preferred": (
        lambda w: w.call("GET", "/social-accounts", headers={"Prefer": "code=409"}),
        "The call asked for this 409 itself, with its header Prefer.",
    ),
}
TEXT: Final[dict[str, str | bytes]] = {"Content-Type": "text/plain"}


@pytest.mark.parametrize("case", CALLS)
def test_refusal_is_explained_in_one_sentence(world: World, case: str) -> None:
    call, expected = CALLS[case]
    call(world)

    assert why(world) == {"sentence": expected.format(name=world.name), "other_world": None}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "Refused: no key was sent. Send the header Authorization: Bearer sk_test_NAME."),
        ("Basic abc", "Refused: the header Authorization must be Bearer, a space, and a key like sk_test_NAME."),
        ("Bearer sk_test_a.b", KEY_FORM),
    ],
)
def test_call_without_a_world_is_explained_in_demo(demo: World, header: str | None, expected: str) -> None:
    demo.call("GET", "/social-accounts", None, {} if header is None else {"Authorization": header})

    assert sentence(demo) == expected


FAULTS: Final[list[tuple[dict[str, Any], str]]] = [
    ({"preset": "rate_limited"}, "The fault “A rate limit is used up” answered with 429."),
    ({"operation": "*", "effect": {"status": 429}}, "A fault that was set for every call answered with 429."),
    ({"operation": "*", "effect": {"delay_ms": 1}}, "A fault that was set for every call delayed the response."),
    (
        {"operation": "*", "effect": {"corrupt": {"path": "/data/0/id", "how": "remove"}}},
        "A fault that was set for every call corrupted /data/0/id in the response.",
    ),
    ({"operation": "*", "effect": {"drop": "reset"}}, "A fault that was set for every call dropped the connection."),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
def test_fault_that_hit_the_call_is_named(world: World, fault: dict[str, Any], expected: str) -> None:
    world.control("POST", "/faults", fault)
    try:
        world.list_response()
    except (httpx.RemoteProtocolError, httpx.ReadError):
        assert "drop" in fault["effect"]

    assert sentence(world) == expected


def test_preset_that_changes_the_platform_is_named_beside_an_ignored_parameter(world: World) -> None:
    world.control("POST", "/faults", {"preset": "platform_down"})
    world.metrics_response(world.make()["id"], "sinze=0")

    assert sentence(world) == (
        "The fault “The platforms cannot be reached” was on during this call. "
        "`sinze` was ignored; did you mean `since`?"
    )


def test_fault_that_was_removed_since_is_said_to_be(world: World) -> None:
    fault = world.control("POST", "/faults", {"preset": "key_revoked"})
    world.list_response()
    world.control("DELETE", f"/faults/{fault['id']}")

    assert sentence(world) == "A fault that is no longer set answered with 401."


def test_exceeded_rate_limit_is_told_from_a_fault(serve: Serve, name: str) -> None:
    world = serve("--rate-limits").world(name)
    for _ in range(21):
        world.delete_response(UNKNOWN)

    assert sentence(world) == (
        "Refused by the rate limit: more than 20 calls that change accounts in 60 s; try again in 60 s."
    )


@pytest.mark.parametrize("way", [("GET", ""), ("GET", "/metrics"), ("GET", "/health"), ("DELETE", "")])
def test_account_of_another_world_is_known_to_the_journal_only(
    world: World, other: World, way: tuple[str, str]
) -> None:
    method, suffix = way
    response = world.call(method, f"/social-accounts/{other.make()['id'].upper()}{suffix}")

    assert (response.status_code, response.json()["detail"]) == (404, "No such account.")
    assert why(world) == {
        "sentence": f"No account with this id in world {world.name}; world {other.name} has one.",
        "other_world": other.name,
    }


def test_documented_account_is_known_to_be_that_of_demo(serve: Serve, name: str) -> None:
    world = serve("--seed", "77").world(name)
    world.get_response(DOCUMENTED)

    assert why(world)["other_world"] == "demo"


def test_account_in_the_file_of_a_world_is_found_before_its_first_use(serve: Serve, name: str, tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(f"worlds: {{acme: {{accounts: [{{id: {UNKNOWN}}}]}}}}", encoding="utf-8")
    world = serve("--world", file).world(name)
    world.get_response(UNKNOWN)

    assert why(world)["other_world"] == "acme"


def test_long_name_of_the_other_world_is_masked_and_opens_nothing(serve: Serve, name: str) -> None:
    secret = serve().world(f"{name}-0123456789-abcdef")
    world = serve().world(name)
    world.get_response(secret.make()["id"])

    assert why(world)["other_world"] is None
    assert sentence(world).endswith(f"; world {name[:6]}…ef has one.")


def test_with_strict_keys_no_world_is_offered_and_an_unlisted_key_is_explained(
    serve: Serve, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "w.yaml"
    file.write_text(f"keys: [{{key: sk_test_{name}, world: {name}}}, {{key: sk_test_b, world: b}}]", encoding="utf-8")
    server = serve("--world", file, "--strict-keys")
    world, b = server.world(name), server.world("b")
    world.get_response(b.make()["id"])
    b.call("GET", "/social-accounts", "sk_test_nobody")

    assert why(world)["other_world"] is None
    last = server.world(name).control("GET", "/requests?all=true&limit=1")["data"]
    assert last[0]["why"]["sentence"] == (
        "Refused: the world file does not list this key, and --strict-keys accepts no other."
    )


def test_account_that_no_world_has_any_more_is_not_offered(world: World, other: World) -> None:
    foreign = other.make()["id"]
    other.delete(foreign)
    world.get_response(foreign)

    assert why(world) == {"sentence": f"No account with this id in world {world.name}.", "other_world": None}


def test_entry_names_the_account_in_its_path(world: World) -> None:
    world.get_response(UNKNOWN)
    world.call("GET", f"/social-accounts/{DOCUMENTED.upper()}/health")
    world.get_response("17")
    world.list_response()

    assert [entry["account"] for entry in world.requests()] == [UNKNOWN, DOCUMENTED, None, None]


def test_secret_in_a_malformed_id_is_masked(world: World) -> None:
    world.get_response("sk_live_hunter2")

    assert sentence(world) == "`sk_live_…` is no account id: an id is a UUID."
    assert "hunter2" not in json.dumps(world.requests())


def test_end_of_an_issued_session_token_is_shown_and_of_no_other(world: World) -> None:
    token = world.session()["session_token"]
    for each in (token, "5e551074043e4411a5c0"):
        world.pending_response(each, world.key)

    first, second = (entry["path"].rpartition("/")[2] for entry in world.requests())
    assert (first, second) == (f"…{token[-4:]}", "…")
