"""What the pages of the reference have: all that the specifications say, each thing at one address."""

from __future__ import annotations

import re
from urllib.parse import unquote

from playwright.sync_api import expect
from tests.e2e.browser import Browser
from tests.e2e.conftest import Serve
from tests.e2e.reference.reference import API, CONTROL, PAGES, WEBHOOKS, Reference, open_reference
from tests.support.processes import ROOT

from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.http.pages.reference import files, page

BUDGET = 150_000  # bytes, without the specification
CONTROL_DOCUMENT = control_spec.load(spec.load())


def addresses(reference: Reference) -> list[str]:
    """All ids on the page."""
    ids: list[str] = reference.page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    return ids


def test_everything_with_a_name_has_one_address(reference: Reference) -> None:
    operations = [f"operation/{id}" for id in spec.operations()]
    statements = [f"statement/{each.id}" for each in spec.statements()]
    events = [f"webhook/{name}" for name in spec.load()["x-webhooks"]]
    assumptions = [f"assumption/{each.id}" for each in spec.assumptions()]
    schemas = [f"schema/{name}" for name in spec.load()["components"]["schemas"]]
    errors = [f"error/{each['code']}" for each in spec.load()["x-problems"] if "code" in each]
    expected = {
        API: [*operations, *statements, *assumptions, *schemas, *errors],
        WEBHOOKS: events,
        CONTROL: [f"rule/{each['id']}" for each in CONTROL_DOCUMENT["x-rules"]],
    }
    for path in PAGES:
        reference.open(path)
        found = addresses(reference)
        assert sorted(found) == sorted(set(found)), path
        assert set(expected[path]) <= set(found), path
        texts = reference.page.locator("main :is(p, li, summary)").evaluate_all(
            "all => all.map(each => each.textContent)"
        )
        assert [each for each in texts if "`" in each] == [], path  # names are set as code


def test_every_link_leads_somewhere(reference: Reference) -> None:
    found = {}
    links: set[str] = set()
    for path in PAGES:
        reference.open(path)
        found[path] = set(addresses(reference))
        links |= set(reference.page.locator("a").evaluate_all("all => all.map(each => each.href)"))
    for link in sorted(links):
        path, _, fragment = unquote(link).removeprefix(reference.url).partition("#")
        assert path not in found or fragment == "" or fragment in found[path], link


def test_operation_says_what_it_takes_and_what_is_promised_and_assumed_of_it(reference: Reference) -> None:
    reference.open()
    listing = reference.at("operation/listSocialAccounts")
    limit = reference.at("operation/listSocialAccounts/limit")
    expect(limit.locator(".limits li")).to_have_text(["1 to 100", "default 25"])
    expect(limit).to_contain_text("The maximum number of accounts on a page.")
    response = listing.locator(".responses details", has_text="A parameter is invalid")
    response.locator("summary").first.click()
    expect(response.get_by_text("Example: A cursor that this service did not create")).to_be_visible()

    deletion = reference.at("operation/deleteSocialAccount/promises")
    statement = next(each for each in spec.statements() if each.id == "delete.gone")
    card = reference.at("statement/delete.gone")
    expect(deletion.locator(card)).to_contain_text(statement.statement)
    for words in statement.words:
        expect(card).to_contain_text(f"“{words}”")
    expect(card).to_contain_text("The page on social accounts")
    card.get_by_text("How the harness checks it").click()
    expect(card.locator("details li").first).to_be_visible()


def test_assumption_says_what_this_server_does_and_what_another_may(browser: Browser, serve: Serve) -> None:
    mock = serve("--assume", "limit.above-range=clamped")
    with open_reference(browser, mock.url) as reference:
        reference.open("/docs#assumption/limit.above-range")
        card = reference.at("assumption/limit.above-range")
        expect(card.locator("summary").first).to_contain_text(
            re.compile(r"What if limit is above 100\?.*clamped.*This server: The nearest allowed limit, 100, is used\.")
        )
        options = card.locator(".alternatives > li")
        expect(options).to_have_count(3)
        expect(card.locator(".current")).to_contain_text("--assume limit.above-range=clamped")
        expect(options.first).to_contain_text("It is refused like any invalid parameter.")
        expect(options.first.get_by_role("button", name="Copy: the flag for refused")).to_be_visible()
        assert reference.complaints == []


def test_files_are_few_and_small() -> None:
    on_demand = "docs/reference/checks.json"
    size = sum(file.stat().st_size for path, file in files().items() if path != on_demand) + len(page("/", "api"))
    assert size < BUDGET
    assert {path.split("/")[1] for path in files()} == {"reference", "shared"}
    assert all(file.is_relative_to(ROOT) for file in files().values())
