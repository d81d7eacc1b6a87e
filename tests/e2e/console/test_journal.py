"""The console: the live journal."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

from playwright.sync_api import Locator, expect
from tests.e2e.browser import DESKTOP, PHONE, SCHEMES, Browser, barriers, fits
from tests.e2e.conftest import Serve
from tests.e2e.console.console import Console, open_console, shell
from tests.support.calls import API
from tests.support.processes import MockProcess

from postfuze_mock.client.fields import Json

UNKNOWN = "/social-accounts/00000000-0000-4000-8000-000000000000"


def line(console: Console, text: str) -> Locator:
    """The button that opens the call whose line has this text."""
    return console.panel.locator("button.line").filter(has_text=text)


def test_requests_appear_live_newest_first(console: Console) -> None:
    console.open("requests")
    expect(console.panel.get_by_text("No requests yet")).to_be_visible()
    for number in range(1, 4):
        console.api.get("/social-accounts", limit=number)
        expect(console.rows).to_have_count(number)
        expect(console.rows.first).to_contain_text(f"limit={number}")


def test_requests_of_the_console_itself_are_not_listed(console: Console) -> None:
    console.api.get("/social-accounts")
    for panel in ("accounts", "faults", "requests"):
        console.open(panel)

    expect(console.rows).to_have_count(1)


def test_journal_is_filtered_by_operation_and_status(console: Console) -> None:
    console.api.get("/social-accounts")
    console.api.get(UNKNOWN)
    console.api.get("/social-accounts", limit=0)
    console.open("requests")
    expect(console.rows).to_have_count(3)
    console.field("Operation").select_option("listSocialAccounts")
    expect(console.rows).to_have_count(2)
    console.field("Status").fill("4XX")

    expect(console.rows).to_have_count(1)
    expect(console.rows).to_contain_text("limit=0")


def test_invalid_status_is_refused_at_its_field(console: Console) -> None:
    console.open("requests")
    console.field("Status").fill("fine")

    expect(console.panel.get_by_text("must be a status like 404")).to_be_visible()


def test_open_row_focus_and_selection_stay_while_requests_come_in(console: Console) -> None:
    console.api.get("/social-accounts", limit=1)
    console.open("requests")
    first = line(console, "limit=1")
    first.click()
    expect(first).to_be_focused()
    first.locator(".path").evaluate("path => getSelection().selectAllChildren(path)")
    first.evaluate("line => (line.dataset.test = 'stays')")
    for number in range(2, 5):
        console.api.get("/social-accounts", limit=number)
    expect(console.rows).to_have_count(4)

    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(first).to_have_attribute("data-test", "stays")
    assert "limit=1" in console.page.evaluate("String(getSelection())")


def test_journal_emptied_elsewhere_is_shown_empty(console: Console) -> None:
    for number in range(1, 4):
        console.api.get("/social-accounts", limit=number)
    console.open("requests")
    expect(console.rows).to_have_count(3)
    console.world.delete_requests()
    expect(console.rows).to_have_count(0)
    console.api.get("/social-accounts", limit=9)

    expect(console.rows).to_have_count(1)


def test_journal_is_emptied_once_that_is_confirmed_and_comes_back_by_undo(console: Console) -> None:
    console.api.get("/social-accounts")
    console.open("requests")
    console.button("Empty the journal").click()
    expect(console.dialog).to_contain_text("All its requests are removed")
    console.button("Empty the journal").last.click()
    console.expect_outcome("Journal emptied (204)")
    expect(console.rows).to_have_count(0)
    console.undo.click()

    expect(console.rows).to_have_count(1)


def test_empty_journal_offers_a_first_call_that_works(console: Console) -> None:
    console.open("requests")
    command = console.panel.get_by_role("group", name="A first call").inner_text()

    assert shell(command)[0] == 200
    expect(console.rows).to_have_count(1)
    expect(console.panel.get_by_text("Make the first one")).to_be_hidden()


def test_time_is_real_and_goes_on_and_the_worlds_time_stands_beside_it(console: Console) -> None:
    console.api.get("/social-accounts")
    console.open("requests")
    when = console.rows.locator(".when")

    expect(when).to_contain_text(re.compile(r"^[1-9]\d* s ago2026-06-14 12:10:00$"))
    expect(when).to_contain_text(re.compile(r"^([3-9]|\d\d) s ago"))


def test_opened_call_says_why_with_the_rule_the_decisions_and_what_was_sent(console: Console) -> None:
    console.api.get("/social-accounts", limit=1000)
    console.open("requests")
    expect(console.rows.locator(".short")).to_have_text("Refused: limit must be at most 100.")
    line(console, "limit=1000").click()
    opened = console.rows.locator(".more")

    expect(opened.locator(".sentence")).to_have_text("Refused: limit must be at most 100.")
    rule = opened.get_by_role("link", name="limit.above-range")
    expect(rule).to_have_attribute("href", "/docs#assumption/limit.above-range")
    opened.get_by_text("Other decisions").click()
    expect(opened.get_by_role("group", name="Flag for clamped")).to_have_text("--assume limit.above-range=clamped")
    expect(opened).to_contain_text("GET /api/v1/social-accounts?limit=1000")
    expect(opened.get_by_role("group", name="Request headers")).to_contain_text(f"authorization: Bearer {console.key}")
    expect(opened.get_by_role("group", name="Response body")).to_contain_text('"status": 400')


def test_call_to_the_wrong_world_says_which_has_the_account_and_leads_there(
    console: Console, mock: MockProcess
) -> None:
    id = mock.client("beta").create_account(display_name="Beta's own")["id"]
    console.api.get(f"/social-accounts/{id}")
    console.open("requests")
    line(console, id).click()
    name = console.key.removeprefix("sk_test_")

    expect(console.rows.locator(".sentence b")).to_have_text(
        f"No account with this id in world {name}; world beta has one."
    )
    console.rows.get_by_role("link", name="Switch to world beta").click()
    expect(console.switch).to_contain_text("beta")
    expect(console.page.get_by_role("heading", name="Beta's own")).to_be_visible()


def test_call_is_copied_as_a_curl_command_that_does_the_same(console: Console, acme: Json) -> None:
    """With the suffix of its key, and the token of its session, which the journal masks."""
    console.api.call("DELETE", f"{API}/social-accounts/{acme['id']}", key=f"{console.key}_readonly")
    session = console.world.create_session(network="facebook", pages=2)
    body = {"selectedPageIds": ["nothing"]}
    console.api.call("POST", f"{API}/social-accounts/pending/{session['session_token']}/finalize", body)
    console.open("requests")
    for text, status in ((acme["id"], 403), ("finalize", 422)):
        line(console, text).click()
        row = console.rows.filter(has_text=text)
        row.get_by_role("button", name="Copy as curl").click()
        command = row.get_by_role("group", name="The call as curl")
        expect(command).to_contain_text("curl -X")
        assert shell(command.inner_text())[0] == status


def test_call_is_sent_again_and_the_new_call_opens(console: Console) -> None:
    console.api.get("/social-accounts", limit=0)
    console.open("requests")
    line(console, "limit=0").click()
    console.button("Send again").click()
    console.expect_outcome("Refused (400): limit must be at least 1.")
    expect(console.rows).to_have_count(2)

    expect(console.rows.first.locator("button.line")).to_have_attribute("aria-expanded", "true")
    first, second = console.world.list_requests()
    assert (first["path"], first["status"]) == (second["path"], second["status"])
    assert second["request"]["headers"]["authorization"] == first["request"]["headers"]["authorization"]


def test_call_is_made_to_fail_next_time_with_two_clicks(console: Console) -> None:
    console.api.get("/social-accounts")
    console.open("requests")
    line(console, "/social-accounts").click()
    console.button("Make this call fail").click()
    console.button("503 Service Unavailable").click()
    console.expect_outcome("The next listSocialAccounts fails: 503 Service Unavailable (201)")

    assert [console.api.get("/social-accounts").status for _ in range(2)] == [503, 200]
    other = console.panel.get_by_role("link", name="Other failures")
    expect(other).to_have_attribute("href", re.compile("/faults/new/listSocialAccounts$"))
    console.undo.click()
    console.expect_outcome("Undone")
    assert console.world.list_faults() == []


def test_wrong_type_is_offered_where_the_answer_has_a_value(console: Console) -> None:
    page = console.api.get("/social-accounts", limit=1).json
    console.open("requests")
    line(console, "limit=1").click()
    console.button("Make this call fail").click()
    console.button("Wrong type at /data/0/id").click()
    console.expect_outcome("Wrong type at /data/0/id (201)")

    assert isinstance(page["data"][0]["id"], str)
    assert console.api.get("/social-accounts", limit=1).json["data"][0]["id"] == 0


def test_fault_that_answered_is_named_and_removed_at_the_call(console: Console) -> None:
    console.world.create_fault(preset="service_down")
    console.api.get("/social-accounts")
    console.open("requests")
    line(console, "/social-accounts").click()

    expect(console.rows.locator(".sentence b")).to_have_text("The fault “The service is down” answered with 503.")
    console.rows.get_by_role("button", name="Remove the fault The service is down").click()
    console.expect_outcome("Fault removed: The service is down (204)")
    assert console.world.list_faults() == []
    assert console.api.get("/social-accounts").status == 200


def test_link_to_a_call_opens_it_cold_even_if_it_is_an_old_one(console: Console) -> None:
    console.api.get("/social-accounts", limit=101)
    for _ in range(120):
        console.api.get("/social-accounts", limit=1)
    (oldest, *_) = console.world.list_requests()
    world = console.key.removeprefix("sk_test_")
    console.open(f"@{world}/requests/{oldest['id']}")

    linked = console.panel.get_by_role("list", name="The call of the link")
    expect(linked.locator(".sentence")).to_have_text("Refused: limit must be at most 100.")
    expect(console.panel).to_contain_text("100 of 121. Search, or load older ones.")
    linked.get_by_role("button", name="Link to this call").click()
    link = linked.get_by_role("group", name="Link to this call")
    expect(link).to_have_text(f"{console.visit.url}/_mock/#@{world}/requests/{oldest['id']}")
    console.button("Load older").click()
    expect(console.panel).to_contain_text("All 121.")
    console.open(f"requests/{'0' * 8}-0000-4000-8000-{'0' * 12}")
    expect(console.panel).to_contain_text("The journal of this world has no request")


def test_calls_of_all_worlds_are_one_live_feed(console: Console, mock: MockProcess) -> None:
    console.api.get("/social-accounts", limit=1)
    console.open("requests")
    expect(console.rows).to_have_count(1)
    console.panel.get_by_label("All worlds").check()
    mock.caller("sk_test_beta").get("/social-accounts", limit=1000)
    row = console.rows.filter(has_text="beta").filter(has_text="limit=1000").first

    expect(row).to_contain_text("Refused: limit must be at most 100.")
    expect(console.rows.filter(has_text=console.key.removeprefix("sk_test_"))).to_have_count(1)
    row.locator("button.line").click()
    expect(row.get_by_role("button", name="Send again")).to_have_count(0)
    row.get_by_role("link", name="beta", exact=True).click()
    expect(console.switch).to_contain_text("beta")
    expect(console.rows.locator(".sentence").first).to_have_text("Refused: limit must be at most 100.")


def test_text_is_searched_and_refused_calls_are_selected(console: Console) -> None:
    for limit in (0, 1, 1000):
        console.api.get("/social-accounts", limit=limit)
    console.open("requests")
    expect(console.rows).to_have_count(3)
    console.panel.get_by_label("Only refused").check()
    expect(console.rows).to_have_count(2)
    console.field("Search").fill("at most")
    expect(console.rows).to_have_count(1)
    console.field("Search").fill("nowhere")

    expect(console.panel.get_by_text("No request matches.")).to_be_visible()


def test_address_of_a_search_fills_it_in(console: Console) -> None:
    console.api.get("/social-accounts", limit=0)
    console.open("requests/search/limit%3D0")

    expect(console.field("Search")).to_have_value("limit=0")
    expect(console.rows).to_have_count(1)


def test_with_strict_keys_the_key_stays_masked_but_the_call_can_be_sent_again(
    browser: Browser, serve: Serve, tmp_path: Path
) -> None:
    file = tmp_path / "strict.yaml"
    file.write_text("generate: 2\nkeys: [{key: sk_test_hunter2, world: acme}]", encoding="utf-8")
    mock = serve("--world", file, "--strict-keys")
    with open_console(browser, mock, "hunter2") as console:
        console.api.get("/social-accounts", limit=0)
        console.open("requests")
        line(console, "limit=0").click()
        console.button("Copy as curl").click()
        command = console.rows.get_by_role("group", name="The call as curl")
        expect(command).to_contain_text("Authorization: Bearer $POSTFUZE_KEY")
        expect(console.rows.get_by_role("group", name="Request headers")).to_contain_text("Bearer sk_test_…")
        assert "hunter2" not in console.page.locator("body").inner_text()
        assert shell(command.inner_text(), POSTFUZE_KEY=console.key)[0] == 400
        console.button("Send again").click()
        expect(console.rows).to_have_count(3)
        assert [entry["status"] for entry in console.world.list_requests()] == [400] * 3


def test_opened_call_with_all_its_parts_fits_and_is_accessible(console: Console) -> None:
    console.world.create_fault(preset="service_down", times=1)
    console.api.get("/social-accounts", username="y" * 200)
    console.api.get("/social-accounts", limit=1000)
    console.open("requests")
    console.panel.get_by_label("All worlds").check()
    for text in ("limit=1000", "username="):
        line(console, text).first.click()
        row = console.rows.filter(has_text=text).first
        row.get_by_role("button", name="Make this call fail").click()
        row.get_by_role("button", name="Copy as curl").click()
        expect(row.get_by_role("button", name="503 Service Unavailable")).to_be_visible()
    console.rows.get_by_text("Other decisions").first.click()
    for size, scheme in product((DESKTOP, PHONE), SCHEMES):
        console.page.set_viewport_size(size)
        console.page.emulate_media(color_scheme=scheme)
        assert fits(console.page), (size, scheme)
        assert barriers(console.page) == [], (size, scheme)
