"""The control API: pending sessions."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.times import later
from tests.support.world import World


def sessions_of(world: World) -> list[dict[str, Any]]:
    sessions: list[dict[str, Any]] = world.control("GET", "/sessions")["data"]
    return sessions


def test_session_is_minted_with_201_and_works(world: World) -> None:
    response = world.control_response("POST", "/sessions", {"network": "facebook", "pages": 2})
    session = response.json()

    assert response.status_code == 201
    assert {"session_token", "network", "expires_at", "pages"} <= set(session)
    assert (session["network"], session["expires_at"]) == ("facebook", later(minutes=15))
    assert world.pending(session["session_token"]) == {"network": "facebook", "availablePages": session["pages"]}


def test_sessions_are_listed_oldest_first(world: World) -> None:
    sessions = [world.session(network) for network in ("x", "facebook", "linkedin")]

    assert sessions_of(world) == sessions


def test_finalized_session_is_not_listed(world: World) -> None:
    pending, finalized = world.session(), world.session()
    world.finalize(finalized["session_token"], finalized["pages"][0]["id"])

    assert sessions_of(world) == [pending]


@pytest.mark.parametrize("seconds", [1, 3600, 10**8])
def test_lifetime_can_be_set(world: World, seconds: int) -> None:
    assert world.session(expires_in=seconds)["expires_at"] == later(seconds=seconds)


def test_partial_pages_are_completed(world: World) -> None:
    session = world.session(pages=[{"id": "1"}, {"username": "second"}])
    first, second = world.pending(session["session_token"])["availablePages"]

    assert (first["id"], second["username"]) == ("1", "second")
    assert all(page["name"] and page["type"] for page in (first, second))
    assert second["id"] != "1"


def test_generated_pages_differ_between_sessions(world: World) -> None:
    ids = [page["id"] for _ in range(5) for page in world.session(pages=10)["pages"]]

    assert len(set(ids)) == 50


def test_generated_pages_are_not_connected_yet(world: World) -> None:
    connected = {account["network_unique_id"] for account in world.walk()}

    assert not connected & {page["id"] for page in world.session(pages=100)["pages"]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"network": "facebook"}, ""),
        ({"pages": 2}, ""),
        ({"network": "myspace", "pages": 2}, "/network"),
        ({"network": None, "pages": 2}, "/network"),
        ({"network": "x", "pages": 1}, "/pages"),
        ({"network": "x", "pages": 0}, "/pages"),
        ({"network": "x", "pages": -5}, "/pages"),
        ({"network": "x", "pages": 2.5}, "/pages"),
        ({"network": "x", "pages": 10**9}, "/pages"),
        ({"network": "x", "pages": "2"}, "/pages"),
        ({"network": "x", "pages": []}, "/pages"),
        ({"network": "x", "pages": [{}]}, "/pages"),
        ({"network": "x", "pages": [{"id": "1"}, {"id": "1"}]}, "/pages"),
        ({"network": "x", "pages": [{"id": 1}, {"id": "2"}]}, "/pages"),
        ({"network": "x", "pages": [{"unknown": 1}, {}]}, "/pages"),
        ({"network": "x", "pages": [{"profilePictureUrl": "no url"}, {}]}, "/pages"),
        ({"network": "x", "pages": 2, "expires_in": -1}, "/expires_in"),
        ({"network": "x", "pages": 2, "expires_in": "60"}, "/expires_in"),
        ({"network": "x", "pages": 2, "expires_in": 10**12}, "/expires_in"),
        ({"network": "x", "pages": 2, "tenant_id": 7}, "/tenant_id"),
        ({"network": "x", "pages": 2, "session_token": "mine"}, ""),
    ],
    ids=str,
)
def test_invalid_session_is_refused_with_its_place(world: World, body: Any, pointer: str) -> None:
    response = world.control_response("POST", "/sessions", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith(pointer)
    assert sessions_of(world) == []
