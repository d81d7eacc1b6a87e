"""The reference page in a real browser, without a network: it is read, tried out, and read on a phone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from tests.e2e.mock_process import ROOT, MockProcess

from postfuze_mock import spec

DEMO_ACCOUNT = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Nothing but the page itself may ask for anything; what would still leave the machine finds no host.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Visit:
    """A page, with all that it asked for and complained of."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )

    def open(self, path: str = "/docs", operations: int = len(spec.operations())) -> None:
        """Go there and wait until all operations are shown."""
        self.page.goto(f"{self.url}{path}")
        expect(self.page.locator(".opblock")).to_have_count(operations)

    def execute(self, operation: str, **choices: str) -> str:
        """Try `operation` out, with values chosen from lists: the status and the body that it shows."""
        block = self.page.locator(f"[id$='-{operation}']")
        block.locator(".opblock-summary-control").click()
        for name, value in choices.items():
            block.locator(f"tr[data-param-name='{name}'] select").select_option(value)
        block.locator("button.execute").click()
        answer = block.locator(".live-responses-table tbody .response").first
        answer.locator(".response-col_status").wait_for()
        return f"{answer.locator('.response-col_status').inner_text()}\n{answer.locator('pre').first.inner_text()}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    found = subprocess.run([ROOT / "scripts" / "chromium"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        # A skip that nobody reads would let the page rot where it is meant to be watched over.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(found.stderr.strip())
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=found.stdout.strip(),
            headless=True,
            chromium_sandbox=False,
            args=QUIET,
        )
        context.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        yield context
        context.close()


@pytest.fixture
def visit(browser: BrowserContext, mock: MockProcess) -> Iterator[Visit]:
    mock.caller("sk_live_demo").lever("POST", "/reset")
    page = browser.new_page()
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    yield Visit(page, mock.url)
    page.close()


def test_every_operation_is_shown(visit: Visit) -> None:
    visit.open()

    text = visit.page.locator("#operations").inner_text()
    assert [id for id in spec.operations() if id not in text] == []


def test_list_tried_out_shows_the_demo_account(visit: Visit) -> None:
    visit.open()
    with visit.page.expect_request("**/social-accounts?*") as sent:
        answer = visit.execute("listSocialAccounts", platform="x")

    assert sent.value.headers["authorization"] == "Bearer sk_live_demo"
    assert answer.startswith("200")
    assert DEMO_ACCOUNT in answer


def test_account_of_the_example_is_filled_in_to_be_retrieved(visit: Visit) -> None:
    visit.open()
    answer = visit.execute("getSocialAccount")

    assert answer.startswith("200")
    assert '"username": "acme"' in answer


def test_key_is_named_on_the_page(visit: Visit) -> None:
    visit.open()

    expect(visit.page.locator("#key")).to_have_text("sk_live_demo")


def test_statements_and_assumptions_are_all_shown(visit: Visit) -> None:
    visit.open()
    rows = {name: visit.page.locator(f"#{name} tbody tr") for name in ("statements", "assumptions")}

    assert {row.get_attribute("id") for row in rows["statements"].all()} == {each.id for each in spec.statements()}
    assert {row.get_attribute("id") for row in rows["assumptions"].all()} == {each.id for each in spec.assumptions()}
    for name in rows:
        expect(visit.page.locator(f"#{name} h2")).to_be_visible()


def test_statement_names_the_operations_that_it_binds(visit: Visit) -> None:
    visit.open()
    several = next(each for each in spec.statements() if each.id == "get.by-id")

    row = visit.page.locator("tr", has=visit.page.get_by_text(several.id, exact=True))
    expect(row.locator("td").nth(2)).to_have_text(", ".join(several.operations))


@pytest.mark.parametrize("section", ["statements", "assumptions"])
def test_names_in_sentences_are_set_as_code(visit: Visit, section: str) -> None:
    visit.open()

    assert "`" not in visit.page.locator(f"#{section}").inner_text()


def test_nothing_leaves_the_machine_and_nothing_is_complained_of(visit: Visit) -> None:
    visit.open()
    visit.execute("listSocialAccounts", platform="x")
    visit.page.locator("button.authorize").click()

    assert {urlsplit(url).hostname for url in visit.requests if not url.startswith("data:")} == {"127.0.0.1"}
    assert visit.complaints == []


def test_levers_have_a_page_of_their_own_that_works_too(visit: Visit, mock: MockProcess) -> None:
    levers = mock.caller(None).call("GET", "/_mock/openapi.json").json
    visit.open("/docs/levers", operations=sum(len(methods) for methods in levers["paths"].values()))
    answer = visit.execute("getClock")

    assert answer.startswith("200")
    assert '"now": "2026-06-14T12:10:00.000Z"' in answer
    assert visit.complaints == []


@pytest.mark.parametrize("path", ["/docs", "/docs/levers"])
def test_page_fits_a_phone(visit: Visit, path: str) -> None:
    visit.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit.page.goto(f"{visit.url}{path}")
    expect(visit.page.locator(".opblock").first).to_be_visible()

    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_descriptions_of_sections_are_not_squeezed_on_a_phone(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit.open()

    widths = visit.page.locator(".opblock-tag small").evaluate_all("all => all.map(each => each.clientWidth)")
    assert min(widths) > PHONE["width"] / 2


def test_list_can_be_tried_out_on_a_phone(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visit.open()

    assert visit.execute("listSocialAccounts", platform="x").startswith("200")
    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_root_sends_a_browser_to_the_page(visit: Visit) -> None:
    visit.page.goto(visit.url)

    assert visit.page.url.rstrip("/") == f"{visit.url}/docs"


def test_root_sends_a_client_to_the_specification(mock: MockProcess) -> None:
    answer = mock.caller(None).call("GET", "/", Accept="*/*")

    assert 300 <= answer.status < 400
    assert answer.headers["location"] in ("/openapi.json", "/openapi.yaml")
    assert mock.caller(None).call("GET", answer.headers["location"]).status == 200
