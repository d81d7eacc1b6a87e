"""Where the connect flow starts."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.support import schemas
from tests.support.world import World

PLATFORMS = (
    "x", "linkedin", "instagram", "tiktok", "youtube", "facebook", "threads", "bluesky", "pinterest",
    "google_business", "reddit",
)  # fmt: skip
REDIRECT = "http://localhost:3000/connected?from=postfuze"
TENANT = "tenant_very_secret_42"


def url(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    schemas.check("AuthUrl", response.json())
    assert list(response.json()) == ["auth_url"]
    auth_url: str = response.json()["auth_url"]
    return auth_url


def state(response: httpx.Response) -> str:
    (state,) = parse_qs(urlsplit(url(response)).query)["state"]
    return state


@pytest.mark.statement("auth-url.url")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_has_an_absolute_url(world: World, platform: str) -> None:
    address = urlsplit(url(world.auth_url_response(platform, json={"redirect_uri": REDIRECT, "tenant_id": TENANT})))

    assert address.scheme in ("http", "https")
    assert address.netloc


@pytest.mark.statement("auth-url.url")
@pytest.mark.parametrize("body", [{}, {"redirect_uri": REDIRECT}, {"tenant_id": TENANT}, {"more": 1}], ids=str)
def test_both_members_of_the_body_are_optional(world: World, body: dict[str, Any]) -> None:
    assert url(world.auth_url_response(json=body))


@pytest.mark.statement("auth-url.url")
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}], ids=str)
def test_body_is_optional(world: World, headers: dict[str, str | bytes]) -> None:
    assert url(world.auth_url_response(headers=headers))


@pytest.mark.assumption("auth-url.null-body", "no-body")
def test_null_counts_as_no_body(world: World) -> None:
    """Generated clients in Go send it when their caller names no body."""
    assert url(world.auth_url_response(content="null", headers={"Content-Type": "application/json"}))


@pytest.mark.statement("auth-url.url", "errors.validation")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"redirect_uri": "not a url"}, "/redirect_uri"),
        ({"redirect_uri": "/relative"}, "/redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)"}, "/redirect_uri"),
        ({"redirect_uri": ""}, "/redirect_uri"),
        ({"redirect_uri": None}, "/redirect_uri"),
        ({"tenant_id": 42}, "/tenant_id"),
        ({"tenant_id": None}, "/tenant_id"),
    ],
    ids=str,
)
def test_member_of_another_type_is_refused(world: World, body: dict[str, Any], pointer: str) -> None:
    response = world.auth_url_response(json=body)

    assert response.status_code == 400
    assert {error["pointer"] for error in response.json()["errors"]} == {pointer}


@pytest.mark.statement("auth-url.url", "errors.validation")
@pytest.mark.assumption("auth-url.unknown-platform", "refused")
def test_unknown_platform_is_refused(world: World) -> None:
    response = world.auth_url_response("myspace")

    assert response.status_code == 400
    assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("path", "platform")]


@pytest.mark.statement("auth-url.url")
@pytest.mark.assumption("auth-url.scope", "not-needed")
def test_key_without_scopes_may_start_the_flow(world: World) -> None:
    assert url(world.auth_url_response(key=world.readonly_key))


@pytest.mark.statement("auth-url.state")
def test_state_reveals_neither_redirect_uri_nor_tenant(world: World) -> None:
    response = world.auth_url_response(json={"redirect_uri": REDIRECT, "tenant_id": TENANT})
    parts = [urlsafe_b64decode(part + "==") for part in state(response).split(".")]

    for text in (url(response).encode(), *parts):
        assert TENANT.encode() not in text
        assert b"localhost:3000" not in text


@pytest.mark.statement("auth-url.state")
def test_state_holds_redirect_uri_and_tenant(world: World) -> None:
    """It cannot be read, but differs for each of them."""
    plain = state(world.auth_url_response(json={}))
    one = state(world.auth_url_response(json={"tenant_id": TENANT}))
    other = state(world.auth_url_response(json={"tenant_id": TENANT.replace("42", "43")}))
    both = state(world.auth_url_response(json={"tenant_id": TENANT, "redirect_uri": REDIRECT}))

    assert len({plain, one, other, both}) == 4


@pytest.mark.statement("auth-url.state", "isolation.list")
def test_states_of_two_organizations_differ(world: World, other: World) -> None:
    assert state(world.auth_url_response()) != state(other.auth_url_response())


@pytest.mark.statement("auth-url.url")
def test_starting_the_flow_connects_nothing(world: World) -> None:
    before = world.state()
    world.auth_url_response(json={"redirect_uri": REDIRECT})
    after = world.state()

    assert (after["accounts"], after["sessions"], after["events"]) == (
        before["accounts"],
        before["sessions"],
        before["events"],
    )
