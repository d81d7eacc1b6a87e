"""What the reference says of its server: where the API, the control API and the console are, and a key."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.browser import Browser
from tests.e2e.conftest import Serve
from tests.e2e.reference.reference import open_reference
from tests.support.processes import MockProcess

FACTS = "/docs/server.json"


def test_facts_of_a_server_with_the_default_settings(mock: MockProcess) -> None:
    facts = mock.caller(None).call("GET", FACTS).json

    assert {name: facts[name] for name in ("api", "control", "console")} == {
        "api": "/api/v1", "control": "/_mock", "console": "/_mock/",
    }  # fmt: skip
    assert mock.caller(facts["key"]).get("/social-accounts").status == 200
    assert facts["assumptions"]["limit.above-range"] == "refused"


def test_assumptions_are_those_of_the_world_that_the_key_opens(serve: Serve) -> None:
    mock = serve("--assume", "limit.above-range=clamped")
    facts = mock.caller(None).call("GET", FACTS).json
    assert facts["assumptions"]["limit.above-range"] == "clamped"

    mock.client("demo").reset(assume={"limit.above-range": "default"})
    assert mock.caller(None).call("GET", FACTS).json["assumptions"]["limit.above-range"] == "default"


def test_page_shows_its_own_server_in_place_of_the_default_one(browser: Browser, mock: MockProcess) -> None:
    with open_reference(browser, mock.url) as reference:
        reference.open()
        shown = reference.page.locator("#introduction .pairs")
        expect(shown).to_contain_text(f"This server{mock.url}/api/v1The real service")


def test_page_without_a_control_api_names_none(browser: Browser, serve: Serve) -> None:
    with open_reference(browser, serve("--no-control").url) as reference:
        reference.open()
        links = reference.page.get_by_role("navigation", name="References").get_by_role("link")
        expect(links.first).to_have_text("API")
        assert not {"Console", "Control API"} & set(links.all_inner_texts())


def test_page_of_a_server_with_strict_keys_names_no_key(browser: Browser, serve: Serve) -> None:
    mock = serve("--strict-keys")
    assert mock.caller(None).call("GET", FACTS).json["key"] is None

    with open_reference(browser, mock.url) as reference:
        reference.page.add_init_script("sessionStorage.setItem('key', 'sk_live_secret')")  # as the console does
        reference.open("/docs#operation/listSocialAccounts")
        expect(reference.page.get_by_label("Key", exact=True).first).to_have_value("")
        expect(reference.page.get_by_text("sk_live_secret")).to_have_count(0)


def test_root_sends_a_browser_to_the_page(browser: Browser, mock: MockProcess) -> None:
    with open_reference(browser, mock.url) as reference:
        reference.open("/")
        assert reference.page.url == f"{mock.url}/docs"


def test_root_sends_a_client_to_the_specification(mock: MockProcess) -> None:
    caller = mock.caller(None)
    response = caller.call("GET", "/", Accept="*/*")

    assert 300 <= response.status < 400
    assert response.headers["location"] in ("/openapi.json", "/openapi.yaml")
    assert caller.call("GET", response.headers["location"]).status == 200
