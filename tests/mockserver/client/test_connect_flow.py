"""The client's connect flow without a browser."""

from __future__ import annotations

import pytest
from tests.support.world import World

from postfuze_mock.client import Mock, MockError

REDIRECT = "http://127.0.0.1:9000/connected?attempt=7"


def auth_url(world: World, platform: str = "facebook", **body: str) -> str:
    url: str = world.auth_url_response(platform, json=body).json()["auth_url"]
    return url


def test_approved_account_is_connected(mock: Mock, empty: World) -> None:
    outcome = mock.decide(auth_url(empty, redirect_uri=REDIRECT, tenant_id="tenant_7"))

    (account,) = empty.page()["data"]
    assert outcome == {"attempt": "7", "status": "connected", "account_ids": account["id"]}
    assert account["tenant_id"] == "tenant_7"


def test_several_pages_create_a_session(mock: Mock, world: World) -> None:
    outcome = mock.decide(auth_url(world, redirect_uri=REDIRECT), pages=3)

    assert outcome["status"] == "pending"
    assert len(world.pending(outcome["session_token"])["availablePages"]) == 3


def test_denial_returns_an_error(mock: Mock, world: World) -> None:
    outcome = mock.decide(auth_url(world, redirect_uri=REDIRECT), "deny")

    assert outcome == {"attempt": "7", "status": "error", "error": "access_denied"}


def test_without_a_redirect_uri_the_outcome_is_the_same(mock: Mock, world: World) -> None:
    assert mock.decide(auth_url(world), "deny") == {"status": "error", "error": "access_denied"}


def test_refusal_is_raised_without_the_sealed_state(mock: Mock, world: World) -> None:
    url = auth_url(world, redirect_uri=REDIRECT)
    mock.decide(url)
    with pytest.raises(MockError, match=r"^GET /connect/facebook \(approve\) answered 410: ") as refused:
        mock.decide(url)

    assert refused.value.status == 410
