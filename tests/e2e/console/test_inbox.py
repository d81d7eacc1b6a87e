"""The console: the world's inbox."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import expect
from tests.e2e.browser import barriers, fits
from tests.e2e.console.console import Console, shell
from tests.support.processes import environment

from postfuze_mock.client.fields import Json
from postfuze_mock.signatures import signature


def test_events_come_to_the_inbox_live_with_a_verdict(console: Console, acme: Json) -> None:
    console.open("inbox")
    expect(console.panel).to_contain_text("gets no events yet")
    expect(console.panel.get_by_text("Nothing has come yet.")).to_be_visible()
    console.button("Receive here").click()
    console.expect_outcome("The world's events come to its inbox (200)")
    console.button("Send a test event").click()
    expect(console.rows).to_have_count(1)
    console.button("Send a test event").click()
    expect(console.rows).to_have_count(2)
    console.world.delete_account(acme["id"])
    expect(console.rows).to_have_count(3)

    row = console.rows.first
    expect(row).to_contain_text("account.disconnected")
    expect(row).to_contain_text("Acme Inc.")
    expect(row.locator(".badge")).to_have_text("signature valid")
    row.get_by_role("button").click()
    row.get_by_text("Verify the signature").click()
    expect(row.get_by_role("status")).to_have_text("Genuine: signed with this secret.")  # this page made it
    assert barriers(console.page) == []
    assert fits(console.page)


def test_foreign_delivery_is_told_from_a_genuine_one(console: Console, name: str) -> None:
    console.world.put_webhooks([{"url": f"/_mock/inbox/{name}", "signing_secret": "whsec_mine"}])
    console.api.call("POST", f"/_mock/inbox/{name}", {"event": "account.connected"})
    wrong = {"X-PostFuze-Signature": signature("whsec_other", 1, b"{}")}
    console.page.request.post(f"{console.visit.url}/_mock/inbox/{name}", data="{}", headers=wrong)
    console.open("inbox")

    expect(console.rows.locator(".badge")).to_have_text(["signature invalid", "signature missing"])
    console.rows.first.get_by_role("button").click()
    expect(console.rows.first).to_contain_text("The signature does not match")


def test_inbox_that_a_webhook_names_is_one_click_away(console: Console, name: str) -> None:
    console.world.put_webhooks([{"url": f"/_mock/inbox/{name}-hooks"}])
    console.api.call("POST", f"/_mock/inbox/{name}-hooks", {"event": "account.connected", "data": {"id": {}}})
    console.open("webhooks")
    console.rows.get_by_role("button").first.click()
    console.rows.get_by_role("link", name="Its inbox").click()
    expect(console.rows).to_have_count(1)
    expect(console.rows).not_to_contain_text("object")

    console.field("Inbox").select_option(name)
    expect(console.rows).to_have_count(0)
    console.page.go_back()
    expect(console.rows).to_have_count(1)


def test_inbox_is_emptied_after_a_question(console: Console, name: str) -> None:
    console.api.call("POST", f"/_mock/inbox/{name}", {"event": "account.connected"})
    console.open("inbox")
    expect(console.rows).to_have_count(1)
    console.button("Empty the inbox …").click()
    expect(console.dialog).to_contain_text(f"Empty the inbox {name}?")
    console.dialog.get_by_role("button", name="Empty the inbox").click()
    console.expect_outcome("Inbox emptied (204)")

    expect(console.rows).to_have_count(0)
    assert console.world.list_inbox(name) == []


def test_snippets_read_the_inbox(console: Console, acme: Json) -> None:
    console.open("inbox")
    console.button("Receive here").click()
    console.expect_outcome("The world's events come")
    console.world.delete_account(acme["id"])
    curl = console.panel.get_by_role("group", name="Read the inbox with curl").inner_text()
    python = console.panel.get_by_role("group", name="Read the inbox in Python").inner_text()

    status, answer = shell(curl)
    assert (status, answer["data"][0]["event"]) == (200, "account.disconnected")
    subprocess.run([sys.executable, "-c", python], check=True, env=environment(), timeout=60)
