"""The control API: states that no server has saved, but that somebody changed by hand."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.support.world import Json, World


def put(world: World, **changes: Any) -> httpx.Response:
    """Put the state of `world` with some of its members replaced."""
    return world.control_response("PUT", "/state", {**world.state(), **changes})


@pytest.mark.parametrize(
    "fields", [{"id": None}, {"created_at": "2026-06-14T12:10:00Z", "updated_at": "2020-01-01T00:00:00Z"}]
)
def test_refused_account_counts_as_none(world: World, fields: Json) -> None:
    if fields.get("id", "") is None:
        fields = {"id": world.make()["id"]}
    before = world.state()
    response = world.control_response("POST", "/accounts", fields)

    assert response.status_code in (400, 409)
    assert world.state() == before


def test_page_of_a_session_needs_all_its_members(world: World) -> None:
    session = {**world.session(), "pages": [{"id": "1"}, {"id": "2"}]}
    response = put(world, sessions=[session])

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/sessions/0/pages/0/type"


def test_unknown_members_are_not_kept(world: World) -> None:
    world.delete(world.page()["data"][0]["id"])
    session, (event,) = world.session(), world.events()
    before = world.state()
    event = {**event, "data": {**event["data"], "more": 1}}
    assert put(world, sessions=[{**session, "more": 1}], events=[event]).status_code == 204

    assert world.state()["events"] == before["events"]
    assert "more" not in world.state()["sessions"][0]


def test_restored_link_leads_only_where_this_server_may_send_browsers(world: World, serve: Serve, name: str) -> None:
    elsewhere = serve("--redirect-allow", "app.example.com").world(name)
    link = elsewhere.auth_url_response(json={"redirect_uri": "https://app.example.com/"}).json()["auth_url"]
    world.control("PUT", "/state", elsewhere.state())
    response = world.request("GET", f"{link.replace(elsewhere.url, world.url)}&decision=approve", {})

    assert response.status_code == 400
    assert "--redirect-allow app.example.com" in response.json()["detail"]


def test_accounts_of_a_session_get_the_ids_that_it_reserves_once(world: World) -> None:
    ids = ["AAAAAAAA-0000-4a9f-9b1c-2e7d6f0a1234", "aaaaaaaa-0000-4a9f-9b1c-2e7d6f0a1234"]
    session = world.session()
    assert put(world, sessions=[{**session, "account_ids": ids}]).status_code == 204
    accounts = world.finalize(session["session_token"], *(page["id"] for page in session["pages"]))

    assert accounts[0]["id"] == ids[1]
    assert [world.get(account["id"])["id"] for account in accounts] == [account["id"] for account in accounts]
    assert len({account["id"] for account in accounts}) == 2
