"""The content and the headers of the consent screen."""

from __future__ import annotations

from html import escape, unescape

import httpx
import pytest
from tests.mockserver.consent.flow import REDIRECT, start
from tests.support.servers import RunningMock
from tests.support.world import World

from postfuze_fixtures.platforms import PLATFORMS


@pytest.mark.parametrize("platform", PLATFORMS)
def test_screen_names_platform_and_scopes_and_that_it_is_a_mock(world: World, platform: str) -> None:
    page = unescape(start(world, platform).look().text)

    title = PLATFORMS[platform].title
    assert f"<h1>Connect {title}</h1>" in page
    assert f"This is not {title}." in page
    assert "postfuze-mock stands in" in page
    for scope in PLATFORMS[platform].scopes:
        assert f"<code>{scope}</code>" in page
    assert f'<body class="{platform}">' in page
    assert f".{platform}{{--brand:{PLATFORMS[platform].colour}}}" in style(world)


def style(world: World) -> str:
    response = httpx.get(f"{world.url}/connect/consent.css")
    assert response.headers["content-type"].startswith("text/css")
    return response.text


def test_screen_shows_redirect_and_tenant(world: World) -> None:
    page = unescape(start(world, tenant_id="tenant <42>").look().text)

    assert f"<dd>{REDIRECT}</dd>" in page
    assert "<dd>tenant <42></dd>" in page
    assert f"<dd>{world.name}</dd>" in page


def test_long_name_of_a_world_is_masked(server: RunningMock) -> None:
    """The name may be part of a real key."""
    name = "a-key-that-is-used-elsewhere-too"
    page = start(server.world(name)).look().text

    assert name not in page


@pytest.mark.parametrize(
    "text", ['"><script>alert(1)</script>', "' onfocus='x", "$state ${title} %s", "</dd><form action=x>"]
)
def test_input_is_shown_as_text(world: World, text: str) -> None:
    world.make(platform="x", tenant_id=text, display_name=text, network_unique_id=text)
    page = start(world, "x", tenant_id=text).look().text

    assert page.count(escape(text)) == 4  # tenant, name, and the id twice
    assert page.replace(escape(text), "").count(text) == 0


@pytest.mark.parametrize("offer", [1, 2, 7, 500])
def test_screen_offers_the_requested_number_of_pages(empty: World, offer: int) -> None:
    attempt = start(empty)

    ids = attempt.ids(offer)
    assert len(set(ids)) == offer
    assert ids[:1] == attempt.ids(1)


@pytest.mark.parametrize("offer", ["-1", "501", "x", "1e2"])
def test_invalid_number_of_pages_is_refused(world: World, offer: str) -> None:
    response = start(world).look(offer=offer)

    assert response.status_code == 400
    assert response.json()["detail"] == f"offer must be a whole number from 0 to 500; it is {offer!r}."


@pytest.mark.parametrize("html", [True, False])
@pytest.mark.parametrize("state", ["good", "bad"])
def test_screen_forbids_framing_caching_and_referrers(world: World, html: bool, state: str) -> None:
    attempt = start(world, html=html)
    if state == "bad":
        attempt.decide("deny")
    if state == "bad" and not html:
        return
    headers = attempt.look().headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_redirect_is_not_cached(world: World, decision: str) -> None:
    headers = start(world).decide(decision).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


def test_screen_loads_nothing_from_elsewhere(world: World) -> None:
    page = start(world).look().text + style(world)

    assert "http://" not in page.replace(REDIRECT, "")
    assert "https://" not in page
    assert "<img" not in page
