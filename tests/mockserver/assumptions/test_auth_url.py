"""Alternatives for starting the connect flow."""

from __future__ import annotations

import pytest
from tests.mockserver.consent.flow import start
from tests.support.times import later
from tests.support.world import World


@pytest.mark.assumption("auth-url.redirect-uri", "any-host")
def test_browser_may_be_sent_to_any_host(assumed: World) -> None:
    response = start(assumed, redirect_uri="https://app.example.com/connected").decide("deny")

    assert response.headers["location"] == "https://app.example.com/connected?status=error&error=access_denied"


@pytest.mark.assumption("auth-url.redirect-uri", "any-host")
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "https://me@example.com/", "https://example.com/#a", "//a.b"])
def test_browser_may_still_be_sent_only_to_web_addresses(assumed: World, uri: str) -> None:
    response = assumed.auth_url_response(json={"redirect_uri": uri})

    assert response.json()["code"] == "validation_failed"
    assert {error["pointer"] for error in response.json()["errors"]} == {"/redirect_uri"}


@pytest.mark.assumption("auth-url.redirect-uri", "any-uri")
@pytest.mark.parametrize("uri", ["com.example.app:/connected", "myapp://callback"])
def test_browser_may_be_sent_to_an_app(assumed: World, uri: str) -> None:
    response = start(assumed, redirect_uri=uri).decide("deny")

    assert response.headers["location"] == f"{uri}?status=error&error=access_denied"


@pytest.mark.assumption("auth-url.redirect-uri", "any-uri")
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "DATA:text/html,x", "https://me@example.com/", "myapp:/#a"])
def test_browser_may_not_be_sent_to_code_or_credentials(assumed: World, uri: str) -> None:
    assert assumed.auth_url_response(json={"redirect_uri": uri}).json()["code"] == "validation_failed"


@pytest.mark.assumption("auth-url.lifetime", "10-minutes")
def test_url_lives_as_long_as_assumed(assumed: World) -> None:
    attempt = start(assumed)
    assumed.set_clock(later(minutes=10, milliseconds=-1))
    assert attempt.look().status_code == 200
    assumed.set_clock(later(minutes=10))

    assert attempt.look().status_code == 410


@pytest.mark.assumption("auth-url.reuse", "connects-again")
def test_url_can_be_used_again(assumed: World) -> None:
    attempt = start(assumed)
    first, second = attempt.outcome(), attempt.outcome()

    assert first == second  # the same page, connected twice
    assert len(assumed.events("account.connected")) == 2


@pytest.mark.assumption("auth-url.null-body", "refused")
def test_null_is_no_body_that_can_be_left_out(assumed: World) -> None:
    response = assumed.auth_url_response(content="null", headers={"Content-Type": "application/json"})

    assert response.json()["code"] == "validation_failed"
    assert {error["in"] for error in response.json()["errors"]} == {"body"}
