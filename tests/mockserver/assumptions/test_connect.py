"""Alternatives for finalizing a connection."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mockserver.assumptions.conftest import flags
from tests.mockserver.conftest import Serve
from tests.support.times import later
from tests.support.world import World

PAGES: list[dict[str, Any]] = [
    {"id": "1", "name": "First", "username": "first"},
    {"id": "2", "name": "Second", "username": None},
    {"id": "3", "name": "Third", "username": "third"},
]


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(400, marks=pytest.mark.assumption("finalize.unknown-page", "400")),
        pytest.param(404, marks=pytest.mark.assumption("finalize.unknown-page", "404")),
    ],
)
def test_unknown_page_gets_the_assumed_status_and_the_session_stays_usable(assumed: World, status: int) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    before = assumed.state()

    assert assumed.finalize_response(token, "1", "999").status_code == status
    assert assumed.state() == before
    assert len(assumed.finalize(token, "1")) == 1


@pytest.mark.assumption("finalize.unknown-page", "ignored")
def test_unknown_page_is_ignored_and_the_rest_is_connected(assumed: World) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    connected = assumed.finalize(token, "999", "3", "998", "1")

    assert [each["username"] for each in connected] == ["third", "first"]
    assert assumed.pending_response(token).status_code == 404


@pytest.mark.assumption("finalize.unknown-page", "ignored")
def test_unknown_pages_alone_are_refused_and_the_session_stays_usable(assumed: World) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    before = assumed.state()

    assert assumed.finalize_response(token, "999", "998").status_code == 422
    assert assumed.state() == before


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(409, marks=pytest.mark.assumption("finalize.used-session", "409")),
        pytest.param(410, marks=pytest.mark.assumption("finalize.used-session", "410")),
    ],
)
def test_used_session_gets_the_assumed_status(assumed: World, status: int) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    assumed.finalize(token, "1")
    before = assumed.state()

    assert assumed.finalize_response(token, "2").status_code == status
    assert assumed.pending_response(token).status_code == 404
    assert assumed.state() == before


@pytest.mark.assumption("finalize.expired-session", "410")
def test_expired_session_gets_410_when_it_is_finalized(assumed: World) -> None:
    token = assumed.session(pages=PAGES, expires_in=60)["session_token"]
    assumed.advance(minutes=1)

    assert assumed.finalize_response(token, "1").status_code == 410
    assert assumed.pending_response(token).status_code == 404


@pytest.mark.assumption("pages.null", "left-out")
def test_page_without_a_username_has_no_such_member(assumed: World) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    pages = assumed.pending_response(token).json()["availablePages"]

    assert ["username" in page for page in pages] == [True, False, True]
    assert assumed.finalize(token, "2")[0]["username"] is None


@pytest.mark.assumption("finalize.duplicate-page", "refused")
def test_duplicate_page_is_refused_and_the_session_stays_usable(assumed: World) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    response = assumed.finalize_response(token, "1", "2", "1")

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["/selectedPageIds/2"]
    assert len(assumed.finalize(token, "1", "2")) == 2


@pytest.mark.assumption("finalize.standing-account", "refused")
def test_page_of_an_existing_account_is_refused_and_the_session_stays_usable(assumed: World) -> None:
    first, second = (assumed.session(pages=PAGES)["session_token"] for _ in range(2))
    assumed.finalize(first, "1")
    before = assumed.state()
    response = assumed.finalize_response(second, "2", "1")

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert assumed.state() == before
    assert len(assumed.finalize(second, "2")) == 1


@pytest.mark.assumption("finalize.standing-account", "refused")
def test_page_of_a_deleted_account_is_accepted(assumed: World) -> None:
    first, second = (assumed.session(pages=PAGES)["session_token"] for _ in range(2))
    (connected,) = assumed.finalize(first, "1")
    assumed.delete(connected["id"])

    assert len(assumed.finalize(second, "1")) == 1


@pytest.mark.assumption("finalize.deleted-account", "same-id")
def test_reconnected_deleted_account_gets_its_old_id(assumed: World) -> None:
    first, second = (assumed.session(pages=PAGES, expires_in=10**6)["session_token"] for _ in range(2))
    (before,) = assumed.finalize(first, "1")
    assumed.delete(before["id"])
    assumed.advance(days=1)
    (after,) = assumed.finalize(second, "1")

    assert after["id"] == before["id"]
    account = assumed.get(after["id"])
    assert (account["status"], account["updated_at"]) == ("active", later(days=1))
    assert [each["id"] for each in assumed.walk()].count(after["id"]) == 1
    assert assumed.record(after["id"])["deleted"] is False


@pytest.mark.assumption("finalize.nickname", "name")
def test_nickname_is_the_name(assumed: World) -> None:
    connected = assumed.finalize(assumed.session(pages=PAGES)["session_token"], "1", "2", "3")

    assert [each["nickname"] for each in connected] == ["First", "Second", "Third"]
    assert [each["username"] for each in connected] == ["first", None, "third"]


@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param(10, marks=pytest.mark.assumption("sessions.lifetime", "10-minutes")),
        pytest.param(60, marks=pytest.mark.assumption("sessions.lifetime", "60-minutes")),
    ],
)
def test_session_lives_as_long_as_assumed(assumed: World, minutes: int) -> None:
    session = assumed.session()
    assert session["expires_at"] == later(minutes=minutes)
    assumed.set_clock(later(minutes=minutes, milliseconds=-1))
    assert assumed.pending_response(session["session_token"]).status_code == 200
    assumed.set_clock(later(minutes=minutes))

    assert assumed.pending_response(session["session_token"]).status_code == 404


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("400", marks=pytest.mark.assumption("finalize.unknown-session", "400")),
        pytest.param("401", marks=pytest.mark.assumption("finalize.unknown-session", "401")),
        pytest.param("403", marks=pytest.mark.assumption("finalize.unknown-session", "403")),
        pytest.param("410", marks=pytest.mark.assumption("finalize.unknown-session", "410")),
    ],
)
def test_finalizing_a_session_that_never_existed_gets_the_status_of_the_server(
    serve: Serve, name: str, status: str
) -> None:
    world = serve(*flags("finalize.unknown-session", status)).world(name)

    assert world.finalize_response("never-issued", "1").status_code == int(status)
    assert world.pending_response("never-issued").status_code == 404
    assert world.finalize_response(world.session()["session_token"]).status_code in (400, 422)


@pytest.mark.assumption("finalize.wrong-type", "accepted")
@pytest.mark.parametrize("ids", ["1", 1, [1]], ids=repr)
def test_single_id_and_number_are_taken_for_a_list_of_strings(assumed: World, ids: Any) -> None:
    token = assumed.session(pages=PAGES)["session_token"]
    path = f"/social-accounts/pending/{token}/finalize"
    neither: list[Any] = [None, [], {}, [None], True, [[1]]]

    for wrong in neither:
        assert assumed.call("POST", path, None, json={"selectedPageIds": wrong}).status_code == 400
    (connected,) = assumed.call("POST", path, None, json={"selectedPageIds": ids}).json()["connectedAccounts"]
    assert connected["username"] == "first"
