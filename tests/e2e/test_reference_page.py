"""The reference page in a real browser, without a network: it is read, tried out, and read on a phone."""

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
    """The reference page, opened."""

    def open(self, path: str = "/docs", operations: int = len(spec.operations())) -> None:
        """Go there and wait until all operations are shown."""
        self.go(path)
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


@pytest.fixture
def visit(browser: Browser, mock: MockProcess) -> Iterator[Reference]:
    mock.mock("demo").reset()
    with browser.page() as page:
        yield Reference(page, mock.url)


@pytest.fixture
def on_phone(browser: Browser, mock: MockProcess) -> Iterator[Reference]:
    with browser.page(PHONE) as page:
        yield Reference(page, mock.url)


def test_every_operation_is_shown(visit: Reference) -> None:
    visit.open()

    text = visit.page.locator("#operations").inner_text()
    assert [id for id in spec.operations() if id not in text] == []


def test_list_tried_out_shows_the_demo_account(visit: Reference) -> None:
    visit.open()
    with visit.page.expect_request("**/social-accounts?*") as sent:
        answer = visit.execute("listSocialAccounts", platform="x")

    assert sent.value.headers["authorization"] == "Bearer sk_live_demo"
    assert answer.startswith("200")
    assert DEMO_ACCOUNT in answer


def test_account_of_the_example_is_filled_in_to_be_retrieved(visit: Reference) -> None:
    visit.open()
    answer = visit.execute("getSocialAccount")

    assert answer.startswith("200")
    assert '"username": "acme"' in answer


def test_key_is_named_on_the_page(visit: Reference) -> None:
    visit.open()

    expect(visit.page.locator("#key")).to_have_text("sk_live_demo")


def test_statements_and_assumptions_are_all_shown(visit: Reference) -> None:
    visit.open()
    rows = {name: visit.page.locator(f"#{name} tbody tr") for name in ("statements", "assumptions")}

    assert {row.get_attribute("id") for row in rows["statements"].all()} == {each.id for each in spec.statements()}
    assert {row.get_attribute("id") for row in rows["assumptions"].all()} == {each.id for each in spec.assumptions()}
    for name in rows:
        expect(visit.page.locator(f"#{name} h2")).to_be_visible()


def test_statement_names_the_operations_that_it_binds(visit: Reference) -> None:
    visit.open()
    several = next(each for each in spec.statements() if each.id == "get.by-id")

    row = visit.page.locator("tr", has=visit.page.get_by_text(several.id, exact=True))
    expect(row.locator("td").nth(2)).to_have_text(", ".join(several.operations))


@pytest.mark.parametrize("section", ["statements", "assumptions"])
def test_names_in_sentences_are_set_as_code(visit: Reference, section: str) -> None:
    visit.open()

    assert "`" not in visit.page.locator(f"#{section}").inner_text()


def test_nothing_leaves_the_machine_and_nothing_is_complained_of(visit: Reference) -> None:
    visit.open()
    visit.execute("listSocialAccounts", platform="x")
    visit.page.locator("button.authorize").click()

    assert {urlsplit(url).hostname for url in visit.requests if not url.startswith("data:")} == {"127.0.0.1"}
    assert visit.complaints == []


def test_levers_have_a_page_of_their_own_that_works_too(visit: Reference, mock: MockProcess) -> None:
    levers = mock.caller(None).call("GET", "/_mock/openapi.json").json
    visit.open("/docs/control", operations=sum(len(methods) for methods in levers["paths"].values()))
    answer = visit.execute("getClock")

    assert answer.startswith("200")
    assert '"now": "2026-06-14T12:10:00.000Z"' in answer
    assert visit.complaints == []


@pytest.mark.parametrize("path", ["/docs", "/docs/control"])
def test_page_fits_a_phone(on_phone: Reference, path: str) -> None:
    on_phone.go(path)
    expect(on_phone.page.locator(".opblock").first).to_be_visible()

    assert fits(on_phone.page)


def test_descriptions_of_sections_are_not_squeezed_on_a_phone(on_phone: Reference) -> None:
    on_phone.open()

    widths = on_phone.page.locator(".opblock-tag small").evaluate_all("all => all.map(each => each.clientWidth)")
    assert min(widths) > PHONE["width"] / 2


def test_list_can_be_tried_out_on_a_phone(on_phone: Reference) -> None:
    on_phone.open()

    assert on_phone.execute("listSocialAccounts", platform="x").startswith("200")
    assert fits(on_phone.page)


def test_root_sends_a_browser_to_the_page(visit: Reference) -> None:
    visit.page.goto(visit.url)

    assert visit.page.url.rstrip("/") == f"{visit.url}/docs"


def test_root_sends_a_client_to_the_specification(mock: MockProcess) -> None:
    answer = mock.caller(None).call("GET", "/", Accept="*/*")

    assert 300 <= answer.status < 400
    assert answer.headers["location"] in ("/openapi.json", "/openapi.yaml")
    assert mock.caller(None).call("GET", answer.headers["location"]).status == 200
