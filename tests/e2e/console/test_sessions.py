"""The console: sessions and the connect page."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.console.console import Console


def test_session_is_minted_and_the_api_knows_it(console: Console) -> None:
    console.open("sessions")
    console.panel.get_by_role("form", name="Mint a session").get_by_label("Pages").fill("4")
    console.button("Mint").click()
    console.expect_outcome("Session minted (201)")
    (session,) = console.world.list_sessions()

    expect(console.rows).to_contain_text(session["session_token"])
    expect(console.rows).to_contain_text("4 pages")
    assert console.api.get(f"/social-accounts/pending/{session['session_token']}").status == 200


def test_session_opens_with_its_pages(console: Console) -> None:
    session = console.world.create_session(network="facebook", pages=2)
    console.open("sessions")
    console.rows.locator("button.line").click()

    for page in session["pages"]:
        expect(console.rows).to_contain_text(page["name"])


def test_pages_that_are_ticked_are_connected(console: Console) -> None:
    session = console.world.create_session(network="facebook", pages=3, tenant_id="tenant_7")
    console.open("sessions")
    console.rows.locator("button.line").click()
    first, _, third = session["pages"]
    console.panel.get_by_label(third["name"], exact=True).check()
    form = console.panel.get_by_role("form", name="Pages to connect")
    form.get_by_text("As curl").click()
    body = f'"selectedPageIds":["{first["id"]}","{third["id"]}"]'
    expect(form.get_by_role("group", name="Curl: Finalize")).to_contain_text(body)
    console.button("Finalize").click()
    console.expect_outcome("Connected (200)")
    connected = console.panel.locator(".card.good")
    accounts = console.world.search_accounts(q="tenant_7")

    assert {each["network_unique_id"] for each in accounts} == {first["id"], third["id"]}
    assert [each["operation"] for each in console.world.list_requests()] == ["finalizeConnection"]
    expect(connected.get_by_role("link")).to_have_count(2)
    expect(console.rows).to_have_count(0)
    connected.get_by_role("link").first.click()
    expect(console.page.get_by_role("complementary")).to_contain_text("tenant_7")


def test_session_without_a_ticked_page_is_refused_and_stays(console: Console) -> None:
    (page, *_) = console.world.create_session(network="facebook", pages=2)["pages"]
    console.open("sessions")
    console.rows.locator("button.line").click()
    console.panel.get_by_label(page["name"], exact=True).uncheck()
    console.button("Finalize").click()
    console.expect_outcome("Refused (400)")

    assert len(console.world.list_sessions()) == 1


def test_time_to_finalize_runs_down(console: Console) -> None:
    console.world.create_session(network="facebook", pages=2, expires_in=90)
    console.world.put_clock(frozen=False)
    console.open("sessions")
    expect(console.rows.locator(".badge")).to_have_text("expires in 1:25")
    console.world.advance_clock(90)

    expect(console.rows.locator(".badge")).to_have_text("expired")


def test_session_is_marked_expired_when_the_clock_passes_its_end(console: Console) -> None:
    console.world.create_session(network="facebook", pages=2, expires_in=60)
    console.open("sessions")
    expect(console.rows).to_contain_text("expires in 1:00")
    console.world.advance_clock(60)

    expect(console.rows).to_contain_text("expired")


def test_invalid_number_of_pages_is_refused_at_its_field(console: Console) -> None:
    console.open("sessions")
    pages = console.panel.get_by_role("form", name="Mint a session").get_by_label("Pages")
    for text, message in (("1", "must be at least 2"), ("two", "must be a number")):
        pages.fill(text)
        console.button("Mint").click()
        expect(console.panel.get_by_text(message)).to_be_visible()

    assert console.world.list_sessions() == []


def test_connect_page_returns_to_the_console_of_the_same_world(console: Console) -> None:
    console.open("sessions")
    console.button("Get an auth URL").click()
    link = console.panel.get_by_role("link", name="Open the connect page")
    expect(link).to_be_focused()
    with console.page.expect_popup() as popup:
        link.click()
    auth_url = str(popup.value.url)
    popup.value.goto(f"{auth_url}&decision=approve&pages=2")
    (session,) = console.world.list_sessions()

    expect(popup.value.get_by_role("heading", name="The connect flow came back")).to_be_visible()
    expect(popup.value.locator("main section:visible .card.good")).to_contain_text(session["session_token"])
    expect(popup.value.locator("#choose-world")).to_contain_text(console.key.removeprefix("sk_test_"))


def test_newest_of_many_sessions_are_listed(console: Console) -> None:
    session = console.world.create_session(network="facebook", pages=2) | {"expires_at": None}
    tokens = [f"newest-of-many-{number}" for number in range(101)]
    sessions = [{**session, "session_token": token} for token in tokens]
    console.world.put_state({**console.world.get_state(), "sessions": sessions})
    console.open("sessions")

    expect(console.rows).to_have_count(100)
    expect(console.rows.first).to_contain_text(tokens[-1])
    expect(console.panel.get_by_text("The newest 100; there are older ones.")).to_be_visible()
