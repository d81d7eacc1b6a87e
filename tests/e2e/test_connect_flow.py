"""The hosted connect flow as a customer sees it: a real browser, between a small application and the mock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import PHONE, Browser, Visit, barriers, fits
from tests.e2e.integrator import Integrator
from tests.support.processes import MockProcess

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock.client import Mock

schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def levers(mock: MockProcess, request: pytest.FixtureRequest) -> Iterator[Mock]:
    """An empty world of the test's own."""
    with mock.mock(hashlib.blake2s(request.node.nodeid.encode(), digest_size=8).hexdigest()) as levers:
        levers.reset(world="empty")
        yield levers


@pytest.fixture
def app(mock: MockProcess, levers: Mock) -> Iterator[Integrator]:
    application = Integrator(mock.url, str(levers.key))
    yield application
    application.stop()


@pytest.fixture
def visit(browser: Browser, app: Integrator) -> Iterator[Visit]:
    with browser.page() as page:
        yield Visit(page, app.url)


def go_to_consent(visit: Visit, platform: str = "facebook") -> Page:
    """From the application's page to the consent screen, as a customer goes."""
    visit.go("/")
    visit.page.get_by_label("Platform").select_option(platform)
    visit.page.get_by_role("button", name="Connect").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(f"Connect {PLATFORMS[platform].title}")
    return visit.page


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def accounts(page: Page) -> list[str]:
    """Ids and states of the accounts that the application shows."""
    expect(page.locator("#accounts")).to_be_attached()
    return page.locator("#accounts li").all_inner_texts()


def offered(page: Page) -> list[str]:
    """The ids of the pages on offer on the consent screen."""
    boxes = page.get_by_role("checkbox")
    return [str(box.get_attribute("value")) for box in boxes.all()]


def test_one_account_is_connected_and_shown_by_the_application(visit: Visit, app: Integrator) -> None:
    page = go_to_consent(visit)
    first = offered(page)[0]
    press(page, "Allow")

    assert accounts(page) == [f"{first} active"]
    assert page.url.startswith(f"{app.front}/?new=")
    assert visit.complaints == []


def test_pages_are_chosen_in_the_application(visit: Visit, app: Integrator) -> None:
    page = go_to_consent(visit)
    granted = offered(page)
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Allow")

    expect(page.locator("#pages li")).to_have_count(3)
    assert page.url.startswith(f"{app.url}/callback?from=planner&status=pending&session_token=")
    page.locator(f"#pages input[value='{granted[0]}']").check()
    page.locator(f"#pages input[value='{granted[2]}']").check()
    press(page, "Connect these")

    assert set(accounts(page)) == {f"{granted[0]} active", f"{granted[2]} active"}
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("button", "outcome"),
    [
        ("Deny", "Not connected: access_denied"),
        ("Allow, with nothing to connect", "Not connected: no_accounts"),
        ("Let Facebook fail", "Not connected: server_error"),
        ("Allow, with a session that has expired", "That took too long. Please connect again."),
    ],
)
def test_application_is_told_what_went_wrong(visit: Visit, button: str, outcome: str) -> None:
    page = go_to_consent(visit)
    press(page, button)

    expect(page.locator("#outcome")).to_have_text(outcome)
    visit.go("/")
    assert accounts(page) == []


def test_nothing_ticked_is_nothing_connected(visit: Visit) -> None:
    page = go_to_consent(visit)
    page.get_by_role("checkbox").first.uncheck()
    press(page, "Allow")

    expect(page.locator("#outcome")).to_have_text("Not connected: no_accounts")


def test_customer_can_have_more_pages(visit: Visit) -> None:
    page = go_to_consent(visit, "google_business")
    before = offered(page)
    page.get_by_label("How many locations are on offer").fill("12")
    press(page, "Offer them")

    expect(page.get_by_role("checkbox")).to_have_count(12)
    assert offered(page)[:3] == before
    page.get_by_role("checkbox").nth(11).check()
    press(page, "Allow")
    expect(page.locator("#pages li")).to_have_count(2)


def test_account_whose_token_expired_is_connected_again(visit: Visit, levers: Mock) -> None:
    account = levers.create_account(platform="x", status="token_expired", tenant_id="tenant_42", network_unique_id="77")
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
    page.go_back()  # nothing is kept, so the screen is asked for anew

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
    granted = offered(page)
    for key in ("Tab", "Tab", "Space", "Tab", "Tab", "Enter"):  # first page, second page, third page, Allow
        page.keyboard.press(key)
    expect(page.locator("#pages li")).to_have_count(2)
    for key in ("Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)

    assert accounts(page) == [f"{granted[0]} active"]


def test_focus_can_be_seen(visit: Visit) -> None:
    page = go_to_consent(visit)
    page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


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


@pytest.mark.parametrize(
    ("platform", "scheme"), [*((each, "light") for each in PLATFORMS), ("x", "dark"), ("facebook", "dark")]
)
def test_screen_keeps_nobody_out(
    browser: Browser, app: Integrator, levers: Mock, scheme: Literal["light", "dark"], platform: str
) -> None:
    levers.create_account(platform=platform, tenant_id="tenant_42")
    with browser.page(PHONE, scheme) as page:
        page.goto(app.auth_url(platform))

        expect(page.get_by_text("postfuze-mock stands in")).to_be_visible()
        assert barriers(page) == []
        assert fits(page)


@schemes
def test_pages_of_the_end_keep_nobody_out(
    browser: Browser, mock: MockProcess, levers: Mock, scheme: Literal["light", "dark"]
) -> None:
    url = mock.caller(levers.key).call("POST", "/api/v1/social-networks/facebook/auth-url").json["auth_url"]
    with browser.page(PHONE, scheme) as page:
        page.goto(url)
        for box in page.get_by_role("checkbox").all():
            box.check()
        press(page, "Allow")
        expect(page.get_by_role("heading", level=1)).to_have_text("Choose what to connect")
        assert barriers(page) == []
        assert fits(page)

        page.goto(url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Gone")
        assert barriers(page) == []
        assert fits(page)


def test_screen_fits_the_narrowest_phone(browser: Browser, app: Integrator) -> None:
    with browser.page({"width": 320, "height": 640}) as page:
        page.goto(app.auth_url("google_business"))

        assert fits(page)
