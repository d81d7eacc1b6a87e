"""`assert_called` of the client of a running mock."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from tests.support.world import World

from postfuze_mock.client import Mock


def test_call_is_found_by_its_query_headers_and_status(mock: Mock, world: World) -> None:
    world.list_response({"platform": "x", "limit": 2})
    world.list_response({"platform": "x"})

    (entry,) = mock.assert_called(
        "listSocialAccounts", times=1, query={"platform": "x", "limit": 2}, headers={"Accept": "*/*"}, status=200
    )
    assert entry["path"] == "/api/v1/social-accounts?platform=x&limit=2"
    mock.assert_called("listSocialAccounts", times=2)
    mock.assert_called("deleteSocialAccount", times=0)


def test_call_is_found_by_its_body(mock: Mock, world: World) -> None:
    session = mock.create_session("facebook", 2)
    page = session["pages"][0]["id"]
    world.finalize(session["session_token"], page)

    mock.assert_called("finalizeConnection", times=1, body={"selectedPageIds": [page]})
    with pytest.raises(AssertionError, match="body/selectedPageIds/0: wanted 'other', was "):
        mock.assert_called("finalizeConnection", body={"selectedPageIds": ["other"]})


def test_failed_assertion_shows_the_nearest_call_and_its_refusal(mock: Mock, world: World) -> None:
    world.list_response({"limit": 2})
    world.list_response({"limit": 1000})

    with pytest.raises(AssertionError) as missed:
        mock.assert_called("listSocialAccounts", query={"limit": 1000}, status=200)
    assert str(missed.value).splitlines() == [
        "listSocialAccounts was not called like this",
        "  the nearest of 2 calls was GET /api/v1/social-accounts?limit=1000 → 400, by limit.above-range",
        "    status: wanted 200, was 400: limit must be at most 100.",
    ]


def test_calls_of_another_world_do_not_match(mock: Mock, other: World) -> None:
    other.page()

    with pytest.raises(AssertionError, match="listSocialAccounts was not called\n  and there was no other call"):
        mock.assert_called("listSocialAccounts")


def test_secret_matches_any_value(mock: Mock, world: World) -> None:
    world.page()

    mock.assert_called("listSocialAccounts", headers={"Authorization": ANY})


def test_misspelt_operation_is_reported(mock: Mock) -> None:
    with pytest.raises(ValueError, match=r"no operation listSocialAccount: .* did you mean listSocialAccounts\?"):
        mock.assert_called("listSocialAccount", times=0)


def test_reset_clears_the_counted_calls(mock: Mock, world: World) -> None:
    world.page()
    mock.reset()

    mock.assert_called("listSocialAccounts", times=0)
