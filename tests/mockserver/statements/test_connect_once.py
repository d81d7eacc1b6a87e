"""The connect flow: a session works once; a page that was connected before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from tests.mockserver.conftest import Serve
from tests.support.times import later
from tests.support.world import World

RACERS = 100


def page_ids(session: dict[str, Any]) -> list[str]:
    return [page["id"] for page in session["pages"]]


def connect(world: World, page: str, **more: Any) -> dict[str, Any]:
    """Connect `page`; returns the account."""
    session = world.session(pages=[{"id": page, "username": "acme"}, {"id": f"{page}-other"}], **more)
    (connected,) = world.finalize(session["session_token"], page)
    return world.get(connected["id"])


@pytest.mark.assumption("finalize.used-session", "404")
@pytest.mark.statement("connect.once")
@pytest.mark.assumption("finalize.used-session", "404")
def test_finalized_session_gets_404(world: World) -> None:
    session = world.session()
    world.finalize(session["session_token"], page_ids(session)[0])

    assert world.pending_response(session["session_token"]).status_code == 404
    for page in page_ids(session):
        assert world.finalize_response(session["session_token"], page).status_code == 404
    assert len(world.walk()) == 121


@pytest.mark.statement("connect.once")
def test_one_of_a_hundred_concurrent_finalizations_succeeds(world: World) -> None:
    session = world.session(pages=5)
    start = Barrier(RACERS)

    def race(racer: int) -> int:
        start.wait()
        return world.finalize_response(session["session_token"], page_ids(session)[racer % 5]).status_code

    with ThreadPoolExecutor(RACERS) as threads:
        statuses = list(threads.map(race, range(RACERS)))

    assert sorted(statuses) == [200] + [404] * (RACERS - 1)
    assert len(world.walk()) == 121
    assert len(world.events("account.connected")) == 1


@pytest.mark.statement("connect.once", "connect.kept-until-finalized")
def test_one_concurrent_finalization_succeeds_despite_invalid_ones(world: World) -> None:
    session = world.session()
    start = Barrier(20)

    def race(racer: int) -> int:
        start.wait()
        page = page_ids(session)[0] if racer % 2 else "unknown"
        return world.finalize_response(session["session_token"], page).status_code

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(race, range(20)))

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 404, 422}


@pytest.mark.statement("connect.once")
def test_other_sessions_are_not_consumed(world: World) -> None:
    first, second = world.session(), world.session()
    world.finalize(first["session_token"], page_ids(first)[0])

    assert world.pending(second["session_token"])["availablePages"] == second["pages"]


@pytest.mark.statement("connect.exactly-selected")
@pytest.mark.assumption("finalize.duplicate-page", "connects-once")
def test_duplicate_page_is_connected_once(world: World) -> None:
    session = world.session()
    first, second = page_ids(session)
    connected = world.finalize(session["session_token"], first, second, first, first)

    assert [world.get(each["id"])["network_unique_id"] for each in connected] == [first, second]
    assert len(world.walk()) == 122


@pytest.mark.statement("connect.shown-after")
@pytest.mark.assumption("finalize.standing-account", "reconnects")
@pytest.mark.parametrize("status", ["active", "disabled", "revoked", "token_expired"])
def test_page_of_an_existing_account_is_reconnected(world: World, status: str) -> None:
    before = connect(world, "42")
    world.patch(before["id"], status=status, token_expires_at=later(days=-1))
    world.advance(days=1)
    after = connect(world, "42")

    assert (after["id"], after["created_at"]) == (before["id"], before["created_at"])
    assert (after["status"], after["updated_at"]) == ("active", later(days=1))
    assert after["token_expires_at"] is None or after["token_expires_at"] > later(days=1)
    assert len(world.walk()) == 121


@pytest.mark.statement("connect.shown-after", "events.connected")
@pytest.mark.assumption("finalize.standing-account", "reconnects")
def test_reconnecting_fires_account_connected_again(world: World) -> None:
    connect(world, "42")
    connect(world, "42")

    assert len(world.events("account.connected")) == 2


@pytest.mark.statement("connect.shown-after")
@pytest.mark.assumption("finalize.standing-account", "reconnects")
def test_generated_account_is_reconnected(world: World) -> None:
    standing = next(account for account in world.walk() if account["platform"] == "facebook")

    assert connect(world, standing["network_unique_id"])["id"] == standing["id"]


@pytest.mark.statement("connect.exactly-selected")
def test_equal_id_on_another_platform_is_another_account(world: World) -> None:
    facebook, instagram = connect(world, "42"), connect(world, "42", network="instagram")

    assert facebook["id"] != instagram["id"]
    assert len(world.walk()) == 122


@pytest.mark.statement("connect.shown-after", "get.deleted")
@pytest.mark.assumption("finalize.deleted-account", "new-id")
def test_page_of_a_deleted_account_gets_a_new_account(world: World) -> None:
    before = connect(world, "42")
    world.delete(before["id"])
    world.advance(days=1)
    after = connect(world, "42")

    assert after["id"] != before["id"]
    assert after["created_at"] == later(days=1)
    assert world.get_response(before["id"]).status_code == 404


@pytest.mark.statement("connect.several-pages")
def test_tokens_of_different_worlds_differ(world: World, other: World) -> None:
    tokens = [each.session()["session_token"] for each in (world, other) for _ in range(10)]

    assert len(set(tokens)) == 20


@pytest.mark.statement("connect.no-key")
def test_token_of_demo_resolves_before_the_first_use_of_demo(serve: Serve) -> None:
    fresh = serve("--seed", "7").world("nobody-yet")

    assert len(fresh.pending("9f8e7d6c5b4a39281706")["availablePages"]) == 2


@pytest.mark.statement("connect.no-key")
def test_token_of_a_world_file_resolves_before_the_first_use_of_its_world(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    sessions = "[{token: token-of-acme, network: linkedin, pages: 3}]"
    file.write_text(f"generate: 0\nworlds: {{acme: {{sessions: {sessions}}}}}\n", encoding="utf-8")
    server = serve("--world", file)
    pages = server.world("nobody-yet").pending("token-of-acme")["availablePages"]
    server.world("nobody-yet").finalize("token-of-acme", pages[0]["id"])

    assert [account["network_unique_id"] for account in server.world("acme").walk()] == [pages[0]["id"]]


@pytest.mark.statement("connect.expired-session")
def test_session_of_demo_never_expires(demo: World) -> None:
    demo.advance(days=3650)

    assert demo.pending("9f8e7d6c5b4a39281706")["network"] == "facebook"
