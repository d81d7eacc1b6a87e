"""The curl that the console shows is one that works, wherever it is pasted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.e2e.browser import Browser
from tests.e2e.conftest import Start
from tests.e2e.console.conftest import ID
from tests.e2e.console.console import Console, shell
from tests.e2e.console.console import console as opened

from postfuze_mock.client.fields import Json

AWKWARD = "O'Brien's \"quotes\" $HOME `id` \\ & more\n#"

#: What is done in a panel, and what its curl answers.
ACTIONS: dict[str, tuple[str, Callable[[Console], None], int]] = {
    "status": (f"accounts/{ID}", lambda console: console.page.get_by_role("button", name="revoked").click(), 200),
    "clock": ("clock", lambda console: console.button("+ 1 hour").click(), 200),
    "session": ("sessions", lambda console: console.button("Mint").click(), 201),
    "auth URL": ("sessions", lambda console: console.button("Get an auth URL").click(), 200),
    "preset": ("faults", lambda console: console.button("The service is down").click(), 201),
    "fault": ("faults", lambda console: console.button("Set the fault").click(), 201),
    "journal": ("requests", lambda console: console.button("Empty the journal").click(), 204),
    "anew": ("world", lambda console: console.button("Start anew").click(), 204),
    "export": ("world", lambda console: console.button("Export").click(), 200),
}


@pytest.mark.parametrize(("panel", "action", "status"), ACTIONS.values(), ids=ACTIONS)
def test_curl_of_an_action_does_the_same(
    console: Console, acme: Json, panel: str, action: Callable[[Console], None], status: int
) -> None:
    console.open(panel)
    action(console)
    console.told(f"({status})")

    assert acme["id"] == ID
    assert shell(console.curl)[0] == status


def test_curl_acts_on_the_same_world(console: Console) -> None:
    console.open("clock")
    console.button("+ 1 hour").click()
    console.told("200")
    shell(console.curl)

    assert console.world.get_clock()["now"] == "2026-06-14T14:10:00.000Z"


def test_curl_of_awkward_text_is_quoted_so_that_a_shell_leaves_it_alone(console: Console, acme: Json) -> None:
    console.open(f"accounts/{acme['id']}")
    console.page.get_by_text("Change any field").click()
    body = console.page.evaluate("text => JSON.stringify({display_name: text})", AWKWARD)
    console.page.get_by_label("Changes, as JSON").fill(body)
    console.button("Change").click()
    console.told("Changed (200)")
    console.world.patch_account(acme["id"], display_name="Acme")

    assert shell(console.curl)[1]["display_name"] == AWKWARD


def test_curl_of_a_form_is_there_before_it_is_sent_and_follows_it(console: Console) -> None:
    console.open("sessions")
    minting = console.panel.get_by_role("form", name="Mint a session")
    minting.get_by_text("As curl").click()
    minting.get_by_label("Pages").fill("5")
    shown = minting.get_by_role("group", name="Curl: Mint")
    expect(shown).to_contain_text('"pages":5')

    status, session = shell(shown.inner_text())
    assert (status, len(session["pages"])) == (201, 5)


def test_curl_of_a_refused_action_is_shown_too(console: Console) -> None:
    console.open("clock")
    console.field("Set it to").fill("noon")
    console.button("Set").click()
    console.told("Refused (400)")

    assert shell(console.curl)[0] == 400


def test_earlier_curls_are_kept_newest_first(console: Console) -> None:
    console.open("clock")
    for label in ("+ 1 minute", "+ 1 hour", "+ 1 day"):
        console.button(label).click()
        console.told(label)
    console.page.get_by_text("What I just sent").click()
    console.page.get_by_text("Earlier").click()

    earlier = console.page.locator("footer ol li")
    expect(earlier).to_have_count(2)
    expect(earlier.first).to_contain_text('"seconds":3600')


def test_curl_is_copied(console: Console) -> None:
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.open("clock")
    console.button("+ 1 minute").click()
    console.told("200")
    console.page.get_by_text("What I just sent").click()
    console.page.get_by_role("button", name="Copy: Curl of the last action").click()
    expect(console.page.get_by_text("Copied")).to_be_visible()

    copied = console.page.evaluate("navigator.clipboard.readText()")
    assert copied == console.page.get_by_role("group", name="Curl of the last action").inner_text()


def test_control_token_is_asked_for_and_never_shown(browser: Browser, start: Start) -> None:
    mock = start("--control-token", "hush-hush")
    with opened(browser, mock, "acme", token="hush-hush") as console:
        console.visit.go("/_mock/#clock")
        console.field("Control token").fill("wrong")
        console.page.keyboard.press("Enter")
        expect(console.field("Control token")).to_have_value("")
        console.field("Control token").fill("hush-hush")
        console.page.keyboard.press("Enter")
        console.button("+ 1 hour").click()
        console.told("200")
        curl = console.curl

        assert "hush-hush" not in console.page.content()
        assert shell(curl, POSTFUZE_MOCK_CONTROL_TOKEN="hush-hush")[0] == 200
        assert shell(curl)[0] in (401, 403)
