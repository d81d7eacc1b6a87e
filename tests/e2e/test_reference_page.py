"""The reference page in a real browser without a network: read, tried out, and read on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.e2e.browser import PHONE, Browser, Visit, fits
from tests.support.processes import MockProcess

from postfuze_mock import spec

DEMO_ACCOUNT = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"


class Reference(Visit):
    """The reference page in a browser."""

    def open(self, path: str = "/docs", operations: int = len(spec.operations())) -> None:
        """Go there and wait until all operations are visible."""
        self.go(path)
        expect(self.page.locator(".opblock")).to_have_count(operations)

    def execute(self, operation: str, **choices: str) -> str:
        """Try `operation` out, with `choices` from its lists: the status and body of the response."""
        block = self.page.locator(f"[id$='-{operation}']")
        block.locator(".opblock-summary-control").click()
        for name, value in choices.items():
            block.locator(f"tr[data-param-name='{name}'] select").select_option(value)
        block.locator("button.execute").click()
        response = block.locator(".live-responses-table tbody .response").first
        status = response.locator(".response-col_status").inner_text()
        return f"{status}\n{response.locator('pre').first.inner_text()}"


@pytest.fixture
def visit(browser: Browser, mock: MockProcess) -> Iterator[Reference]:
    mock.client("demo").reset()
    with browser.page() as page:
        yield Reference(page, mock.url)


@pytest.fixture
def on_phone(browser: Browser, mock: MockProcess) -> Iterator[Reference]:
    with browser.page(PHONE) as page:
        yield Reference(page, mock.url)


def test_every_operation_statement_and_assumption_is_on_the_page(visit: Reference) -> None:
    visit.open()
    rows = {name: visit.page.locator(f"#{name} tbody tr") for name in ("statements", "assumptions")}
    text = visit.page.locator("#operations").inner_text()

    assert [id for id in spec.operations() if id not in text] == []
    assert {row.get_attribute("id") for row in rows["statements"].all()} == {each.id for each in spec.statements()}
    assert {row.get_attribute("id") for row in rows["assumptions"].all()} == {each.id for each in spec.assumptions()}
    for name in rows:
        expect(visit.page.locator(f"#{name} h2")).to_be_visible()
        assert "`" not in visit.page.locator(f"#{name}").inner_text()  # names are set as code


def test_statement_names_the_operations_that_it_applies_to(visit: Reference) -> None:
    visit.open()
    statement = next(each for each in spec.statements() if each.id == "get.by-id")

    row = visit.page.locator("tr", has=visit.page.get_by_text(statement.id, exact=True))
    expect(row.locator("td").nth(2)).to_have_text(", ".join(statement.operations))


def test_statement_has_the_words_of_the_documents(visit: Reference) -> None:
    visit.open()
    statement = next(each for each in spec.statements() if each.words and "`" not in each.words[0])

    row = visit.page.locator("tr", has=visit.page.get_by_text(statement.id, exact=True))
    expect(row.locator("td").nth(4)).to_contain_text(f"“{' '.join(statement.words[0].split())}”")


def test_remark_on_the_mock_is_beside_the_description(visit: Reference) -> None:
    visit.open()
    block = visit.page.locator("[id$='-createAuthUrl']")
    block.locator(".opblock-summary-control").click()

    expect(block.locator(".opblock-description")).to_contain_text("The URL opens a consent page")


def test_list_tried_out_with_the_demo_key_shows_the_demo_account(visit: Reference) -> None:
    visit.open()
    expect(visit.page.locator("#key")).to_have_text("sk_live_demo")
    with visit.page.expect_request("**/social-accounts?*") as request:
        response = visit.execute("listSocialAccounts", platform="x")

    assert request.value.headers["authorization"] == "Bearer sk_live_demo"
    assert response.startswith("200")
    assert DEMO_ACCOUNT in response


def test_id_of_the_example_is_filled_in(visit: Reference) -> None:
    visit.open()
    response = visit.execute("getSocialAccount")

    assert response.startswith("200")
    assert '"username": "acme"' in response


def test_nothing_leaves_the_machine_and_the_browser_has_no_complaint(visit: Reference) -> None:
    visit.open()
    visit.execute("listSocialAccounts", platform="x")
    visit.page.locator("button.authorize").click()

    assert {urlsplit(url).hostname for url in visit.requests if not url.startswith("data:")} == {"127.0.0.1"}
    assert visit.complaints == []


def test_control_api_has_a_page_of_its_own_that_works_too(visit: Reference, mock: MockProcess) -> None:
    document = mock.caller(None).call("GET", "/_mock/openapi.json").json
    visit.open("/docs/control", operations=sum(len(methods) for methods in document["paths"].values()))
    response = visit.execute("getClock")

    assert response.startswith("200")
    assert '"now": "2026-06-14T12:10:00.000Z"' in response
    assert visit.complaints == []


def test_page_fits_a_phone_and_can_be_tried_out_there(on_phone: Reference) -> None:
    on_phone.open()
    widths = on_phone.page.locator(".opblock-tag small").evaluate_all("all => all.map(each => each.clientWidth)")

    assert fits(on_phone.page)
    assert min(widths) > PHONE["width"] / 2  # descriptions of sections are not squeezed
    assert on_phone.execute("listSocialAccounts", platform="x").startswith("200")
    assert fits(on_phone.page)


def test_page_of_the_control_api_fits_a_phone(on_phone: Reference) -> None:
    on_phone.go("/docs/control")
    expect(on_phone.page.locator(".opblock").first).to_be_visible()

    assert fits(on_phone.page)


def test_root_sends_a_browser_to_the_page(visit: Reference) -> None:
    visit.page.goto(visit.url)

    assert visit.page.url.rstrip("/") == f"{visit.url}/docs"


def test_root_sends_a_client_to_the_specification(mock: MockProcess) -> None:
    caller = mock.caller(None)
    response = caller.call("GET", "/", Accept="*/*")

    assert 300 <= response.status < 400
    assert response.headers["location"] in ("/openapi.json", "/openapi.yaml")
    assert caller.call("GET", response.headers["location"]).status == 200
