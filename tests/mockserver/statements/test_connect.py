"""The connect flow: what a session offers, and finalizing it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import World

UNKNOWN = "00000000000000000000"
PAGES: list[dict[str, Any]] = [
    {"id": "1", "type": "page", "name": "Café 🦄", "username": "cafe", "profilePictureUrl": "https://a.example/1.png"},
    {"id": "2", "type": "page", "name": "No handle", "username": None, "profilePictureUrl": None},
    {"id": "zwei/drei?", "type": "group", "name": "三", "username": "san", "profilePictureUrl": None},
]


def page_ids(session: dict[str, Any]) -> list[str]:
    return [page["id"] for page in session["pages"]]


def offer(world: World, token: str) -> list[str]:
    """The ids of the pages that a session offers."""
    return [page["id"] for page in world.pending(token)["availablePages"]]


@pytest.mark.statement("connect.no-key")
@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic eDp5", "Bearer sk_live_x_revoked", ""], ids=str)
def test_session_token_authenticates_both_calls(world: World, header: str | None) -> None:
    session = world.session()
    headers = {} if header is None else {"Authorization": header}
    path = f"/social-accounts/pending/{session['session_token']}"

    assert world.call("GET", path, None, headers).status_code == 200
    body = {"selectedPageIds": page_ids(session)[:1]}
    assert world.call("POST", f"{path}/finalize", None, headers, json=body).status_code == 200


@pytest.mark.statement("connect.no-key")
def test_accounts_belong_to_the_organization_of_the_session(world: World, other: World) -> None:
    session = world.session()
    (connected,) = other.finalize_response(session["session_token"], page_ids(session)[0], key=other.key).json()[
        "connectedAccounts"
    ]

    assert world.get(connected["id"])["id"] == connected["id"]
    assert other.get_response(connected["id"]).status_code == 404
    assert len(other.walk()) == 120


@pytest.mark.statement("connect.several-pages")
@pytest.mark.parametrize("count", [2, 3, 25, 120])
def test_session_offers_all_pages_of_its_attempt(world: World, count: int) -> None:
    session = world.session(pages=count)

    assert len(set(offer(world, session["session_token"]))) == count
    assert world.pending(session["session_token"])["availablePages"] == session["pages"]


@pytest.mark.statement("connect.several-pages")
def test_each_attempt_has_its_own_session(world: World) -> None:
    tokens = {world.session()["session_token"] for _ in range(20)}

    assert len(tokens) == 20


@pytest.mark.statement("connect.single-at-once")
def test_session_cannot_be_created_for_a_single_account(world: World) -> None:
    for pages in (1, PAGES[:1]):
        assert world.control_response("POST", "/sessions", {"network": "facebook", "pages": pages}).status_code == 400
    assert world.control("GET", "/sessions")["data"] == []


@pytest.mark.statement("connect.pages-fields")
@pytest.mark.assumption("pages.null", "null")
def test_session_shows_its_network_and_pages(world: World) -> None:
    session = world.session("linkedin", pages=PAGES)

    assert world.pending(session["session_token"]) == {"network": "linkedin", "availablePages": PAGES}


@pytest.mark.statement("connect.pages-fields")
@pytest.mark.parametrize("network", ["facebook", "google_business", "linkedin", "x"])
def test_generated_pages_have_the_five_documented_fields(world: World, network: str) -> None:
    response = world.pending(world.session(network, pages=12)["session_token"])

    schemas.check("PendingConnection", response)
    for page in response["availablePages"]:
        assert list(page) == ["id", "type", "name", "username", "profilePictureUrl"]


@pytest.mark.statement("connect.unknown-session")
@pytest.mark.assumption("finalize.unknown-session", "404")
@pytest.mark.parametrize("token", [UNKNOWN, "x", "%20", "9F8E7D6C5B4A39281706", "null", "💥", "%00", "a" * 3000])
def test_unknown_session_gets_404(world: World, token: str) -> None:
    for response in (world.pending_response(token), world.finalize_response(token, "1")):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.statement("connect.expired-session")
@pytest.mark.assumption("finalize.expired-session", "404")
@pytest.mark.assumption("sessions.lifetime", "15-minutes")
def test_session_expires_after_fifteen_minutes_to_the_millisecond(world: World) -> None:
    session = world.session()
    token = session["session_token"]
    assert session["expires_at"] == later(minutes=15)
    world.set_clock(later(minutes=15, milliseconds=-1))
    assert world.pending_response(token).status_code == 200
    world.set_clock(later(minutes=15))

    assert world.pending_response(token).status_code == 404
    assert world.finalize_response(token, *page_ids(session)).status_code == 404
    assert len(world.walk()) == 120


@pytest.mark.statement("connect.expired-session")
def test_session_can_be_finalized_until_its_last_millisecond(world: World) -> None:
    session = world.session(expires_in=60)
    world.advance(59.999)

    assert world.finalize(session["session_token"], page_ids(session)[0])


@pytest.mark.statement("connect.expired-session")
def test_session_with_lifetime_zero_is_expired_at_once(world: World) -> None:
    session = world.session(expires_in=0)

    assert world.finalize_response(session["session_token"], page_ids(session)[0]).status_code == 404


@pytest.mark.statement("connect.exactly-selected")
@pytest.mark.parametrize("selection", [[0], [4], [1, 3], [3, 1], [0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], ids=str)
def test_selected_pages_are_connected_in_the_order_of_selection(world: World, selection: list[int]) -> None:
    session = world.session(pages=5)
    before = world.walk()
    selected = [page_ids(session)[index] for index in selection]
    connected = world.finalize(session["session_token"], *selected)

    assert [world.get(each["id"])["network_unique_id"] for each in connected] == selected
    added = [account for account in world.walk() if account not in before]
    assert sorted(account["network_unique_id"] for account in added) == sorted(selected)


@pytest.mark.statement("connect.exactly-selected")
def test_finalizing_changes_no_other_account(world: World) -> None:
    before = world.walk()
    session = world.session()
    world.finalize(session["session_token"], *page_ids(session))

    assert [account for account in world.walk() if account in before] == before


@pytest.mark.statement("connect.at-least-one", "connect.kept-until-finalized", "errors.validation")
@pytest.mark.assumption("finalize.wrong-type", "refused")
@pytest.mark.parametrize(
    "body",
    [{"selectedPageIds": []}, {}, {"selectedPageIds": None}, {"selectedPageIds": "1"}, {"pageIds": ["1"]}],
    ids=str,
)
def test_empty_selection_is_refused_and_the_session_stays_usable(world: World, body: dict[str, Any]) -> None:
    session = world.session()
    response = world.call("POST", f"/social-accounts/pending/{session['session_token']}/finalize", None, json=body)

    assert response.status_code == 400
    assert response.json()["errors"]
    assert offer(world, session["session_token"]) == page_ids(session)
    assert len(world.walk()) == 120


@pytest.mark.statement("connect.kept-until-finalized")
@pytest.mark.assumption("finalize.unknown-page", "422")
def test_unoffered_page_is_refused_and_nothing_is_connected(world: World) -> None:
    session = world.session()
    before = world.state()
    for selection in (["999"], ["999", *page_ids(session)], [*page_ids(session), "999"], [""], ["999", "999"]):
        response = world.finalize_response(session["session_token"], *selection)
        assert response.status_code == 422
        pointers = [error["pointer"] for error in response.json()["errors"]]
        assert set(pointers) == {f"/selectedPageIds/{n}" for n, id in enumerate(selection) if id in ("999", "")}

    assert world.state() == before
    assert world.finalize(session["session_token"], *page_ids(session))


@pytest.mark.assumption("finalize.unknown-page", "422")
def test_page_of_another_session_is_unknown(world: World) -> None:
    first, second = world.session(), world.session()

    assert world.finalize_response(first["session_token"], page_ids(second)[0]).status_code == 422


@pytest.mark.statement("connect.kept-until-finalized")
def test_listing_pages_does_not_consume_the_session(world: World) -> None:
    session = world.session()
    for _ in range(5):
        world.pending(session["session_token"])

    assert len(world.finalize(session["session_token"], *page_ids(session))) == 2


@pytest.mark.statement("connect.finalize-fields")
@pytest.mark.parametrize("network", ["facebook", "google_business", "linkedin", "x"])
def test_connected_account_has_the_five_documented_fields(world: World, network: str) -> None:
    session = world.session(network, pages=6)
    response = world.finalize_response(session["session_token"], *page_ids(session)).json()

    assert list(response) == ["connectedAccounts"]
    schemas.check("FinalizedConnection", response)
    for each in response["connectedAccounts"]:
        assert list(each) == ["id", "nickname", "username", "network", "accountType"]
        assert each["network"] == network


@pytest.mark.statement("connect.finalize-fields")
@pytest.mark.assumption("finalize.nickname", "username")
def test_nickname_is_the_username_or_else_the_name(world: World) -> None:
    session = world.session(pages=PAGES)
    connected = world.finalize(session["session_token"], *page_ids(session))

    assert [each["nickname"] for each in connected] == ["cafe", "No handle", "san"]
    assert [each["username"] for each in connected] == ["cafe", None, "san"]


@pytest.mark.statement("connect.shown-after")
def test_finalized_accounts_are_listed_and_retrieved(world: World) -> None:
    world.advance(seconds=1)
    session = world.session("linkedin", pages=4)
    connected = world.finalize(session["session_token"], *page_ids(session))
    newest = {account["id"]: account for account in world.page(limit=4)["data"]}

    for each in connected:
        account = world.get(each["id"])
        assert account == newest[each["id"]]
        assert [account[name] for name in ("username", "platform", "account_type")] == [
            each[name] for name in ("username", "network", "accountType")
        ]


@pytest.mark.statement("connect.shown-after", "connect.page-kept")
@pytest.mark.assumption("finalize.network-unique-id", "page-id")
def test_connected_page_is_a_new_active_account(world: World) -> None:
    session = world.session(pages=PAGES)
    world.advance(minutes=2)
    connected = world.finalize(session["session_token"], *page_ids(session))

    for each, page in zip(connected, PAGES, strict=True):
        account = world.get(each["id"])
        assert account["status"] == "active"
        assert account["created_at"] == account["updated_at"] == later(minutes=2)
        assert account["token_expires_at"] is None or account["token_expires_at"] > NOW
        assert account["scopes"]
        assert [account[name] for name in ("network_unique_id", "account_type", "display_name", "username")] == [
            page[name] for name in ("id", "type", "name", "username")
        ]
        assert account["profile_image_url"] == page["profilePictureUrl"]
