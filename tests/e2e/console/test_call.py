"""The console: an opened call, why it was answered so, and what can be done about it."""

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
