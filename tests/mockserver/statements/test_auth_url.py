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


def url(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    schemas.check("AuthUrl", answer.json())
    assert list(answer.json()) == ["auth_url"]
    auth_url: str = answer.json()["auth_url"]
    return auth_url


def state(answer: httpx.Response) -> str:
    (state,) = parse_qs(urlsplit(url(answer)).query)["state"]
    return state


@pytest.mark.statement("auth-url.url")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_has_an_absolute_url(world: World, platform: str) -> None:
    address = urlsplit(url(world.auth_url_answer(platform, json={"redirect_uri": REDIRECT, "tenant_id": TENANT})))

    assert address.scheme in ("http", "https")
    assert address.netloc


@pytest.mark.statement("auth-url.url")
@pytest.mark.parametrize("body", [{}, {"redirect_uri": REDIRECT}, {"tenant_id": TENANT}, {"more": 1}], ids=str)
def test_both_members_of_the_body_are_optional(world: World, body: dict[str, Any]) -> None:
    assert url(world.auth_url_answer(json=body))


@pytest.mark.statement("auth-url.url")
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}], ids=str)
def test_body_is_optional(world: World, headers: dict[str, str | bytes]) -> None:
    assert url(world.auth_url_answer(headers=headers))


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
def test_member_of_another_kind_is_refused(world: World, body: dict[str, Any], pointer: str) -> None:
    answer = world.auth_url_answer(json=body)

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {pointer}


@pytest.mark.statement("auth-url.url", "errors.validation")
@pytest.mark.assumption("auth-url.unknown-platform", "400")
def test_platform_that_does_not_exist_is_refused(world: World) -> None:
    answer = world.auth_url_answer("myspace")

    assert answer.status_code == 400
    assert [(error["in"], error["name"]) for error in answer.json()["errors"]] == [("path", "platform")]


@pytest.mark.statement("auth-url.url")
@pytest.mark.assumption("auth-url.scope", "not-needed")
def test_key_without_scopes_may_start_the_flow(world: World) -> None:
    assert url(world.auth_url_answer(key=world.readonly_key))


@pytest.mark.statement("auth-url.state")
def test_state_shows_neither_redirect_uri_nor_tenant_to_anybody(world: World) -> None:
    answer = world.auth_url_answer(json={"redirect_uri": REDIRECT, "tenant_id": TENANT})
    parts = [urlsafe_b64decode(part + "==") for part in state(answer).split(".")]

    for shown in (url(answer).encode(), *parts):
        assert TENANT.encode() not in shown
        assert b"localhost:3000" not in shown


@pytest.mark.statement("auth-url.state")
def test_state_holds_redirect_uri_and_tenant(world: World) -> None:
    """It cannot be read, but differs with each of them."""
    plain = state(world.auth_url_answer(json={}))
    one = state(world.auth_url_answer(json={"tenant_id": TENANT}))
    other = state(world.auth_url_answer(json={"tenant_id": TENANT.replace("42", "43")}))
    both = state(world.auth_url_answer(json={"tenant_id": TENANT, "redirect_uri": REDIRECT}))

    assert len({plain, one, other, both}) == 4


@pytest.mark.statement("auth-url.state", "isolation.list")
def test_state_of_one_organization_is_not_that_of_another(world: World, other: World) -> None:
    assert state(world.auth_url_answer()) != state(other.auth_url_answer())


@pytest.mark.statement("auth-url.url")
def test_starting_the_flow_connects_nothing_yet(world: World) -> None:
    before = world.state()
    world.auth_url_answer(json={"redirect_uri": REDIRECT})
    after = world.state()

    assert (after["accounts"], after["sessions"], after["events"]) == (
        before["accounts"],
        before["sessions"],
        before["events"],
    )
