"""The hosted connect flow as a customer sees it: a real browser, between a small application and the mock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import PHONE, SCHEMES, Browser, Visit, barriers, fits
from tests.e2e.integrator import Integrator
from tests.support.processes import MockProcess

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock.client import Mock


@pytest.fixture
def world(mock: MockProcess, request: pytest.FixtureRequest) -> Iterator[Mock]:
    """An empty world that only the test uses."""
    name = hashlib.blake2s(request.node.nodeid.encode(), digest_size=8).hexdigest()
    with mock.client(name) as world:
        world.reset(world="empty")
        yield world


@pytest.fixture
def app(mock: MockProcess, world: Mock) -> Iterator[Integrator]:
    application = Integrator(mock.url, str(world.key))
    yield application
    application.stop()


@pytest.fixture
def visit(browser: Browser, app: Integrator) -> Iterator[Visit]:
    with browser.page() as page:
        yield Visit(page, app.url)


def go_to_consent(visit: Visit, platform: str = "facebook") -> Page:
    """Go from the application's page to the consent screen."""
    visit.go("/")
    visit.page.get_by_label("Platform").select_option(platform)
    visit.page.get_by_role("button", name="Connect").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(f"Connect {PLATFORMS[platform].title}")
    return visit.page


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def accounts(page: Page) -> list[str]:
    """The ids and statuses of the accounts that the application shows."""
    expect(page.locator("#accounts")).to_be_attached()
    return page.locator("#accounts li").all_inner_texts()


def ids_on_offer(page: Page) -> list[str]:
    """The ids of the pages that the consent screen offers."""
    boxes = page.get_by_role("checkbox")
    return [str(box.get_attribute("value")) for box in boxes.all()]


def test_application_shows_the_connected_account(visit: Visit, app: Integrator) -> None:
    page = go_to_consent(visit)
    first = ids_on_offer(page)[0]
    press(page, "Allow")

    assert accounts(page) == [f"{first} active"]
    assert page.url.startswith(f"{app.front}/?new=")
    assert visit.complaints == []


def test_pages_are_chosen_in_the_application(visit: Visit, app: Integrator) -> None:
    page = go_to_consent(visit)
    ids = ids_on_offer(page)
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Allow")

    expect(page.locator("#pages li")).to_have_count(3)
    assert page.url.startswith(f"{app.url}/callback?from=planner&status=pending&session_token=")
    page.locator(f"#pages input[value='{ids[0]}']").check()
    page.locator(f"#pages input[value='{ids[2]}']").check()
    press(page, "Connect these")

    assert set(accounts(page)) == {f"{ids[0]} active", f"{ids[2]} active"}
    assert visit.complaints == []


def test_application_receives_the_error(visit: Visit) -> None:
    for button, outcome in [
        ("Deny", "Not connected: access_denied"),
        ("Allow, with nothing to connect", "Not connected: no_accounts"),
        ("Let Facebook fail", "Not connected: server_error"),
        ("Allow, with a session that has expired", "That took too long. Please connect again."),
    ]:
        page = go_to_consent(visit)
        press(page, button)
        expect(page.locator("#outcome")).to_have_text(outcome)
    visit.go("/")

    assert accounts(page) == []


def test_empty_selection_connects_nothing(visit: Visit) -> None:
    page = go_to_consent(visit)
    page.get_by_role("checkbox").first.uncheck()
    press(page, "Allow")

    expect(page.locator("#outcome")).to_have_text("Not connected: no_accounts")


def test_customer_can_request_more_pages(visit: Visit) -> None:
    page = go_to_consent(visit, "google_business")
    before = ids_on_offer(page)
    page.get_by_label("How many locations are on offer").fill("12")
    press(page, "Offer them")

    expect(page.get_by_role("checkbox")).to_have_count(12)
    assert ids_on_offer(page)[:3] == before
    page.get_by_role("checkbox").nth(11).check()
    press(page, "Allow")
    expect(page.locator("#pages li")).to_have_count(2)


def test_account_whose_token_expired_is_connected_again(visit: Visit, world: Mock) -> None:
    account = world.create_account(platform="x", status="token_expired", tenant_id="tenant_42", network_unique_id="77")
    page = go_to_consent(visit, "x")
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("group", name="Connected already").get_by_role("checkbox").check()
    press(page, "Allow")

    assert accounts(page) == ["77 active"]
    assert page.locator("#accounts li").get_attribute("data-id") == account["id"]


def test_customer_who_goes_back_cannot_decide_again(visit: Visit) -> None:
    page = go_to_consent(visit)
    press(page, "Allow")
    assert len(accounts(page)) == 1
    page.go_back()  # nothing is cached, so the screen is requested again

    expect(page.get_by_role("heading", level=1)).to_have_text("Gone")
    expect(page.locator("main")).to_contain_text("This link has been used already.")
    visit.go("/")
    assert len(accounts(page)) == 1


def test_whole_flow_works_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    visit.go("/")
    for key in ("Tab", "Tab", "Enter"):  # past the platform, to the button
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Facebook")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    ids = ids_on_offer(page)
    for key in ("Tab", "Space", "Tab", "Tab", "Enter"):  # second page, third page, Allow
        page.keyboard.press(key)
    expect(page.locator("#pages li")).to_have_count(2)
    for key in ("Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)

    assert accounts(page) == [f"{ids[0]} active"]


def test_screen_cannot_be_framed(visit: Visit) -> None:
    visit.go("/framed")

    expect(visit.page.frame_locator("iframe").locator("form")).to_have_count(0)
    assert any("frame-ancestors" in complaint for complaint in visit.complaints)


def test_nothing_leaves_the_machine(visit: Visit) -> None:
    press(go_to_consent(visit), "Deny")
    expect(visit.page.locator("#outcome")).to_be_visible()

    hosts = {urlsplit(url).hostname for url in visit.requests if not url.startswith("data:")}
    assert hosts <= {"127.0.0.1", "localhost"}
    assert visit.complaints == []


def test_screen_of_each_platform_fits_and_is_accessible(browser: Browser, app: Integrator, world: Mock) -> None:
    with browser.page(PHONE) as page:
        for platform in PLATFORMS:
            world.create_account(platform=platform, tenant_id="tenant_42")
            page.goto(app.auth_url(platform))
            expect(page.get_by_text("postfuze-mock stands in")).to_be_visible()
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert barriers(page) == [], (platform, scheme)
            assert fits(page), platform


def test_final_pages_fit_and_are_accessible(browser: Browser, mock: MockProcess, world: Mock) -> None:
    url = mock.caller(world.key).call("POST", "/api/v1/social-networks/facebook/auth-url").json["auth_url"]
    with browser.page(PHONE) as page:
        page.goto(url)
        for box in page.get_by_role("checkbox").all():
            box.check()
        press(page, "Allow")
        for heading in ("Choose what to connect", "Gone"):
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert barriers(page) == [], (heading, scheme)
            assert fits(page), heading
            page.goto(url)  # used up, so the second page is the refusal


def test_screen_fits_the_narrowest_phone(browser: Browser, app: Integrator) -> None:
    with browser.page({"width": 320, "height": 640}) as page:
        page.goto(app.auth_url("google_business"))

        assert fits(page)
