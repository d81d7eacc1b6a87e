"""The console shows hostile data as text and never runs it."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect
from tests.e2e.console.conftest import ID
from tests.e2e.console.console import Console

from postfuze_mock.client.fields import PageFields

HOSTILE: Final = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def expect_unharmed(page: Page) -> None:
    assert "owned" not in page.title()
    assert page.locator("img, main script, iframe, object, embed").count() == 0


def test_fields_of_an_account_are_text(console: Console) -> None:
    console.world.create_account(
        id=ID,
        display_name=HOSTILE,
        username=HOSTILE,
        tenant_id=HOSTILE,
        account_type=HOSTILE,
        status=HOSTILE,
        scopes=[HOSTILE],
        network_unique_id=HOSTILE,
        profile_image_url="https://example.com/picture.png",
    )
    console.open(f"accounts/{ID}")

    expect(console.page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(console.panel.get_by_role("link", name=HOSTILE)).to_be_visible()
    expect_unharmed(console.page)
    assert all(url.startswith(console.visit.url) for url in console.visit.requests)


def test_sessions_events_webhooks_and_requests_are_text(console: Console) -> None:
    world = console.world
    first: PageFields = {"id": HOSTILE, "name": HOSTILE, "username": HOSTILE, "type": HOSTILE}
    second: PageFields = {"id": "2", "name": HOSTILE, "username": None, "type": HOSTILE}
    world.create_session(network="facebook", pages=[first, second], tenant_id=HOSTILE)
    world.put_webhooks([{"url": "http://127.0.0.1:9/", "description": HOSTILE}])
    world.delete_account(world.create_account(username=HOSTILE)["id"])
    console.api.get("/social-accounts", username=HOSTILE)
    console.api.call("GET", "/api/v1/%3Cscript%3E", **{"X-Odd": HOSTILE})
    for panel in ("sessions", "events", "webhooks", "requests"):
        console.open(panel)
        console.unfold()
        expect_unharmed(console.page)


def test_world_with_an_odd_name_is_listed_as_text_and_opens_nothing(console: Console) -> None:
    """No mock has such a world, but another program at its address may claim so."""
    source = {"kind": "file", "name": HOSTILE, "restored": False}
    worlds = [{"name": HOSTILE, "key": None, "made": True, "accounts": 1, "sessions": 0, "source": source}]
    page = {"data": worlds, "next_cursor": None, "total": 1}
    console.page.route("**/_mock/worlds?*", lambda route: route.fulfill(json=page))
    console.open()
    console.switch.click()
    odd = console.dialog.get_by_role("listitem").filter(has_text=HOSTILE)

    expect(odd).to_be_visible()
    expect(odd.get_by_role("button")).to_have_count(0)
    expect_unharmed(console.page)


def test_address_without_an_account_opens_nothing(console: Console) -> None:
    for odd in ("../../reset", "%3Cimg%20src=x%3E", "x" * 36):
        console.open(f"accounts/{odd}")
        expect(console.page.get_by_role("complementary")).to_have_count(0)

    expect_unharmed(console.page)


def test_address_with_a_name_that_every_object_has_opens_the_first_panel(console: Console) -> None:
    for odd in ("constructor", "__proto__", "%E0%A4%A"):
        console.visit.go("/docs")
        console.visit.go(f"/_mock/#{odd}")
        expect(console.panel.get_by_role("heading", name="Accounts")).to_be_visible()

    expect_unharmed(console.page)


def test_auth_url_with_a_script_is_not_a_link(console: Console) -> None:
    console.page.route(
        "**/auth-url", lambda route: route.fulfill(json={"auth_url": "javascript:document.title='owned'"})
    )
    console.open("sessions")
    console.button("Get an auth URL").click()
    console.expect_outcome("Auth URL made")

    expect(console.panel.get_by_role("link", name="Open the connect page")).to_have_count(0)


def test_page_may_load_and_run_only_the_files_of_the_server(console: Console) -> None:
    response = console.page.goto(f"{console.visit.url}/_mock/")
    assert response is not None
    policy = response.header_value("content-security-policy") or ""

    for directive in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"):
        assert directive in policy.split("; ")
    assert "unsafe" not in policy
