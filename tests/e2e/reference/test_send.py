"""Send: a call from the reference page to this server, and its answer beside the documented one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from playwright.sync_api import Locator, expect
from tests.e2e.browser import DESKTOP, PHONE, SCHEMES, Browser, Visit, barriers, fits
from tests.support.processes import MockProcess

from postfuze_mock.client.fields import Effect

#: The message of the browser about each refused request.
REFUSED = "Failed to load resource: the server responded with a status of 4"
WORLD = "sent"


class Reference(Visit):
    """The reference page, with the form of one operation at a time."""

    def at(self, operation: str) -> Locator:
        return self.page.locator(f"[id='operation/{operation}'] .calls")

    def send(self, operation: str, key: str = f"sk_test_{WORLD}", **values: str) -> Locator:
        """Send a call with `values` by label, and wait for the answer, which is returned."""
        calls = self.at(operation)
        for label, value in {"Key": key, **values}.items():
            calls.get_by_label(label, exact=False).first.fill(value)
        calls.get_by_role("button", name="Send", exact=True).click()
        answer = calls.locator(".answer")
        expect(answer.locator(".outcome")).to_be_visible()
        return answer


@contextmanager
def opened(browser: Browser, url: str, path: str = "/docs") -> Iterator[Reference]:
    with browser.page() as page:
        reference = Reference(page, url)
        reference.go(path)
        expect(page.locator(".calls, .signing").first).to_be_visible()
        yield reference
        assert [each for each in reference.complaints if not each.startswith(REFUSED)] == []


@pytest.fixture
def reference(browser: Browser, mock: MockProcess) -> Iterator[Reference]:
    mock.client(WORLD).reset()
    with opened(browser, mock.url) as reference:
        yield reference


def test_answer_is_shown_beside_the_documented_one(reference: Reference, mock: MockProcess) -> None:
    answer = reference.send("listSocialAccounts", limit="1")
    call = mock.client(WORLD).list_requests()[-1]

    expect(answer.locator(".outcome")).to_contain_text("200 OK in")
    expect(answer).to_contain_text("Documented as 200: A page of accounts")
    expect(answer).to_contain_text("The body has the documented form.")
    expect(answer.get_by_role("group", name="This server")).to_contain_text('"next_cursor": "')
    expect(answer.get_by_role("group", name="Documented for 200")).to_contain_text('"username": "acme"')
    assert call["path"] == "/api/v1/social-accounts?limit=1"
    link = answer.get_by_role("link", name="See it in the console")
    assert (link.get_attribute("href") or "").endswith(f"/_mock/#@{WORLD}/requests")


def test_refusal_shows_the_example_that_is_nearest(reference: Reference) -> None:
    answer = reference.send("listSocialAccounts", cursor="nonsense")

    expect(answer.locator(".outcome")).to_contain_text("400 Bad Request")
    expect(answer.get_by_role("group", name="Documented for 400")).to_contain_text("invalid_cursor")
    expect(answer.get_by_role("group", name="Documented for 400")).not_to_contain_text("validation_failed")


def test_difference_from_the_schema_is_named(reference: Reference, mock: MockProcess) -> None:
    corrupt: Effect = {"corrupt": {"path": "/data/0/status", "how": "remove"}}
    mock.client(WORLD).create_fault(operation="listSocialAccounts", effect=corrupt, times=1)
    answer = reference.send("listSocialAccounts", limit="1")

    expect(answer).to_contain_text("The body differs from its schema:")
    expect(answer.get_by_role("listitem")).to_have_text(["data[].status is missing"])


def test_write_says_which_world_it_changes_and_samples_follow_what_is_typed(reference: Reference) -> None:
    calls = reference.at("createAuthUrl")
    expect(calls).to_contain_text("Changes the world demo.")
    calls.get_by_label("Key").fill("sk_test_acme_readonly")
    calls.get_by_label("platform").select_option("tiktok")
    calls.get_by_label("Body").fill('{"tenant_id": "t1"}')
    calls.get_by_role("button", name="Python, generated").click()

    expect(calls).to_contain_text("Changes the world acme.")
    expect(calls.locator(".sample pre")).to_contain_text("Platform.TIKTOK")
    expect(calls.locator(".sample pre")).to_contain_text('AuthUrlRequest.from_dict({"tenant_id": "t1"})')
    # Key and language are those of the whole page, and stay in the tab.
    reference.page.reload()
    others = reference.at("getSocialAccount")
    expect(others.get_by_label("Key")).to_have_value("sk_test_acme_readonly")
    expect(others.locator(".sample pre")).to_contain_text('token="sk_test_acme_readonly"')


def test_answer_that_does_not_come_is_told_in_words(reference: Reference, mock: MockProcess) -> None:
    mock.client(WORLD).create_fault(operation="listSocialAccounts", effect={"drop": "reset"})
    answer = reference.send("listSocialAccounts")

    expect(answer).to_contain_text("There was no answer: 127.0.0.1")
    reference.complaints.clear()  # the browser's own about the connection


def test_control_api_is_called_from_its_own_page(browser: Browser, mock: MockProcess) -> None:
    world = mock.client(WORLD)
    world.reset()
    with opened(browser, mock.url, "/docs/control") as reference:
        calls = reference.at("createFault")
        expect(calls).to_contain_text("Changes the world demo.")
        reference.send("createFault", Body='{"operation": "*", "effect": {"status": 418}}')

    assert [fault["effect"] for fault in world.list_faults()] == [{"status": 418}]
    world.reset()


def test_long_answer_is_cut(browser: Browser, mock: MockProcess) -> None:
    world = mock.client("long")
    for _ in range(40):
        world.create_account(display_name="x" * 1000)
    with opened(browser, mock.url, "/docs/control") as reference:
        answer = reference.send("getState", key="sk_test_long")
        text = answer.get_by_role("group", name="This server").inner_text()

        expect(answer).to_contain_text("its first 100 kB are shown")
        assert 99_000 < len(text) < 101_000


@pytest.mark.parametrize("path", ["/docs", "/docs/webhooks"])
def test_forms_and_answers_have_no_barriers_and_fit(browser: Browser, mock: MockProcess, path: str) -> None:
    with browser.page() as page:
        reference = Reference(page, mock.url)
        reference.go(path)
        if path == "/docs":
            reference.send("listSocialAccounts", limit="2")
        else:
            expect(page.get_by_text("The delivery is genuine.")).to_be_visible()

        for size, scheme in product((DESKTOP, PHONE), SCHEMES):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            assert fits(page), (size, scheme)
            assert barriers(page, ".calls" if path == "/docs" else ".signing") == [], (size, scheme)


def test_signature_is_verified_step_by_step(browser: Browser, mock: MockProcess) -> None:
    with opened(browser, mock.url, "/docs/webhooks") as reference:
        form = reference.page.locator("#signature")
        expect(form.get_by_role("heading", name="The delivery is genuine.")).to_be_visible()
        form.get_by_label("Raw body").fill("{}")
        expect(form.get_by_role("heading", name="A receiver refuses this delivery.")).to_be_visible()
        form.get_by_role("button", name="Sign this body now").click()
        expect(form.get_by_role("heading", name="The delivery is genuine.")).to_be_visible()
        form.get_by_label("Signing secret").fill("whsec_other")
        expect(form.locator(".steps .bad")).to_contain_text("They part at character 1")


def test_every_error_has_an_address_and_links_to_what_raises_it(reference: Reference, mock: MockProcess) -> None:
    problems = mock.caller(None).call("GET", "/openapi.json").json["x-problems"]
    addresses = {f"error/{each.get('code', each['statuses'][0])}" for each in problems}
    entries = reference.page.locator(".errors article")

    assert {each.get_attribute("id") for each in entries.all()} == addresses
    entry = reference.page.locator("[id='error/invalid_cursor']")
    entry.get_by_role("link", name="list.cursor-signed").click()
    expect(reference.page.locator("[id='statement/list.cursor-signed']")).to_be_focused()
