"""The curl commands that the console shows work in a shell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect
from tests.e2e.browser import Browser
from tests.e2e.conftest import Serve
from tests.e2e.console.conftest import ID
from tests.e2e.console.console import Console, open_console, shell

from postfuze_mock.client.fields import Json

AWKWARD: Final = "O'Brien's \"quotes\" $HOME `id` \\ & more\n#"


def confirmed(console: Console, label: str) -> None:
    """Click a button, and the one of its dialog."""
    console.button(label).click()
    console.dialog.get_by_role("button", name=label).click()


#: Actions by panel, with the status of the response.
def start_over(console: Console) -> None:
    console.button("Start over").click()
    console.dialog.get_by_role("button", name="Start over").click()


ACTIONS: Final[list[tuple[str, Callable[[Console], None], int]]] = [
    (f"accounts/{ID}", lambda console: console.page.get_by_role("button", name="revoked").click(), 200),
    ("clock", lambda console: console.button("+ 1 hour").click(), 200),
    ("sessions", lambda console: console.button("Mint").click(), 201),
    ("sessions", lambda console: console.button("Get an auth URL").click(), 200),
    ("faults", lambda console: console.button("The service is down").click(), 201),
    ("faults", lambda console: console.button("Set the fault").click(), 201),
    ("requests", lambda console: confirmed(console, "Empty the journal"), 204),
    ("world", start_over, 204),
    ("world", lambda console: console.button("Export").click(), 200),
]


def test_curl_of_each_action_does_the_same(console: Console, acme: Json) -> None:
    assert acme["id"] == ID
    console.open()
    commands = set()
    for panel, act, status in ACTIONS:
        console.open(panel)
        console.page.evaluate("document.getElementById('outcome').textContent = ''")
        act(console)
        console.expect_outcome(f"({status})")
        commands.add(command := console.curl)
        assert shell(command)[0] == status, command

    assert len(commands) == len(ACTIONS)


def test_curl_acts_on_the_same_world(console: Console) -> None:
    console.open("clock")
    console.button("+ 1 hour").click()
    console.expect_outcome("200")
    shell(console.curl)

    assert console.world.get_clock()["now"] == "2026-06-14T14:10:00.000Z"


def test_awkward_text_is_quoted_for_the_shell(console: Console, acme: Json) -> None:
    console.open(f"accounts/{acme['id']}")
    console.page.get_by_text("Change any field").click()
    body = console.page.evaluate("text => JSON.stringify({display_name: text})", AWKWARD)
    console.page.get_by_label("Changes, as JSON").fill(body)
    console.button("Change").click()
    console.expect_outcome("Changed (200)")
    console.world.patch_account(acme["id"], display_name="Acme")

    assert shell(console.curl)[1]["display_name"] == AWKWARD


def test_curl_of_a_form_is_shown_before_it_is_sent_and_follows_the_fields(console: Console) -> None:
    console.open("sessions")
    form = console.panel.get_by_role("form", name="Mint a session")
    form.get_by_text("As curl").click()
    form.get_by_label("Pages").fill("5")
    command = form.get_by_role("group", name="Curl: Mint")
    expect(command).to_contain_text('"pages":5')

    status, session = shell(command.inner_text())
    assert (status, len(session["pages"])) == (201, 5)


def test_curl_of_a_refused_action_is_shown_too(console: Console) -> None:
    console.open("clock")
    console.field("Set it to").fill("noon")
    console.button("Set").click()
    console.expect_outcome("Refused (400)")

    assert shell(console.curl)[0] == 400


def test_curl_is_copied_and_earlier_commands_are_listed_newest_first(console: Console) -> None:
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.open("clock")
    for label in ("+ 1 minute", "+ 1 hour", "+ 1 day"):
        console.button(label).click()
        console.expect_outcome(label)
    console.page.get_by_text("What I just sent").click()
    console.page.get_by_role("button", name="Copy: Curl of the last action").click()
    expect(console.page.get_by_text("Copied")).to_be_visible()
    clipboard = console.page.evaluate("navigator.clipboard.readText()")
    assert clipboard == console.page.get_by_role("group", name="Curl of the last action").inner_text()
    console.page.get_by_text("Earlier").click()

    earlier = console.page.locator("footer ol li")
    expect(earlier).to_have_count(2)
    expect(earlier.first).to_contain_text('"seconds":3600')


def test_control_token_is_requested_and_never_shown(browser: Browser, serve: Serve) -> None:
    mock = serve("--control-token", "hush-hush")
    with open_console(browser, mock, "acme", token="hush-hush") as console:
        console.visit.go("/_mock/#clock")
        console.field("Control token").fill("wrong")
        console.page.keyboard.press("Enter")
        expect(console.field("Control token")).to_have_value("")
        console.field("Control token").fill("hush-hush")
        console.page.keyboard.press("Enter")
        console.button("+ 1 hour").click()
        console.expect_outcome("200")
        curl = console.curl

        assert "hush-hush" not in console.page.content()
        assert shell(curl, POSTFUZE_MOCK_CONTROL_TOKEN="hush-hush")[0] == 200
        assert shell(curl)[0] in (401, 403)
