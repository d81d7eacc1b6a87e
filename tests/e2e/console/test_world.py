"""The console: reset, export and import of the world, and the choice of another one."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect
from tests.e2e.browser import Browser
from tests.e2e.console.console import Console, open_console
from tests.support.processes import MockProcess

from postfuze_mock.client.fields import Json


def test_world_is_reset_after_confirmation(console: Console, acme: Json) -> None:
    console.open("world")
    console.button("Reset this world …").click()
    console.dialog.get_by_role("button", name="Cancel").click()
    assert console.world.get_account(acme["id"]) is not None
    console.button("Reset this world …").click()
    console.dialog.get_by_role("button", name="Reset this world").click()
    console.expect_outcome("World reset (204)")

    assert console.world.search_accounts(q=acme["id"]) == []


def test_world_is_reset_by_the_keyboard_alone(console: Console, acme: Json) -> None:
    console.open("world")
    console.button("Reset this world …").focus()
    console.page.keyboard.press("Enter")
    expect(console.dialog).to_be_visible()
    console.page.keyboard.press("Escape")
    expect(console.dialog).to_have_count(0)
    expect(console.button("Reset this world …")).to_be_focused()
    assert console.world.get_account(acme["id"]) is not None
    for key in ("Enter", "Tab", "Enter"):
        console.page.keyboard.press(key)
    console.expect_outcome("World reset (204)")

    assert console.world.search_accounts(q=acme["id"]) == []


def test_all_worlds_are_reset(browser: Browser, mock: MockProcess, name: str) -> None:
    with open_console(browser, mock, name) as console:
        other = console.world.world(f"{name}-other")
        ids = [world.create_account()["id"] for world in (console.world, other)]
        console.open("world")
        console.button("Reset all worlds …").click()
        console.dialog.get_by_role("button", name="Reset all worlds").click()
        console.expect_outcome("All worlds reset (204)")

        for world, id in zip((console.world, other), ids, strict=True):
            assert world.search_accounts(q=id) == []


def test_world_restarts_from_another_description(console: Console) -> None:
    console.open("world")
    console.field("Description").select_option("empty")
    console.field("Seed").fill("7")
    console.button("Start over").click()
    console.dialog.get_by_role("button", name="Start over").click()
    console.expect_outcome("World started over (204)")

    assert console.world.get_state()["seed"] == 7
    assert console.world.search_accounts() == []


def test_assumptions_that_differ_come_first_and_lead_to_the_reference(console: Console) -> None:
    console.world.reset(assume={"limit.above-range": "clamped"})
    console.open("world")
    first = console.panel.locator(".assumptions > li").first
    expect(first).to_contain_text("clamped")
    expect(first).to_contain_text("What if limit is above 100?")

    link = first.get_by_role("link", name="limit.above-range")
    expect(link).to_have_attribute("href", "/docs#assumption/limit.above-range")


def test_world_restarts_with_another_assumption_and_keeps_those_it_plays(console: Console) -> None:
    console.world.reset(assume={"limit.above-range": "clamped"})
    console.open("world")
    console.field("Assumption").select_option("list.disabled")
    expect(console.field("Plays")).to_have_value("hidden")
    console.button("Start over").click()
    console.dialog.get_by_role("button", name="Start over").click()
    console.expect_outcome("World started over (204)")
    expected = {"limit.above-range": "clamped", "list.disabled": "hidden"}
    assert console.world.get_world()["assume"] == expected
    console.undo.click()
    console.expect_outcome("Undone: World started over (204)")

    assert list(console.world.get_world()["assume"]) == ["limit.above-range"]


def test_reset_of_all_worlds_says_that_it_cannot_be_undone(console: Console) -> None:
    console.open("world")
    console.button("Reset all worlds …").click()

    expect(console.dialog).to_contain_text("It cannot be undone")


def test_world_is_exported_and_imported_into_another(
    console: Console, browser: Browser, mock: MockProcess, name: str, acme: Json, tmp_path: Path
) -> None:
    console.open("world")
    with console.page.expect_download() as download:
        console.button("Export").click()
    file = tmp_path / "world.json"
    download.value.save_as(file)
    with open_console(browser, mock, f"{name}-other") as other:
        other.open("world")
        other.field("File").set_input_files(file)
        other.button("Import …").click()
        other.dialog.get_by_role("button", name="Import").click()
        other.expect_outcome("World imported (204)")

        assert other.world.get_account(acme["id"]) == console.world.get_account(acme["id"])
        assert "--data-binary '@world.json'" in other.curl


def test_invalid_file_is_refused_in_place(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text('{"version": 9}')
    console.open("world")
    console.field("File").set_input_files(file)
    console.button("Import …").click()
    console.dialog.get_by_role("button", name="Import").click()

    expect(console.panel.get_by_role("form", name="Import")).to_contain_text("/version")


def test_import_without_a_file_asks_for_one(console: Console) -> None:
    console.open("world")
    console.button("Import …").click()

    expect(console.panel.get_by_text("Choose an exported file.")).to_be_visible()


def test_another_world_is_chosen_from_the_list(console: Console, acme: Json) -> None:
    console.world.world("demo").reset()
    console.open(f"accounts/{acme['id']}")
    console.switch.click()
    console.field("Name or key").fill("dem")  # it is not listed at once where tests before made many worlds
    console.dialog.get_by_role("button", name="demo").click()

    expect(console.switch).to_contain_text("demo")
    expect(console.switch).to_be_focused()
    expect(console.panel.get_by_role("link", name="Acme Inc.")).to_be_visible()
    expect(console.page.get_by_role("complementary")).to_have_count(0)
    assert acme["id"] not in console.page.url


def test_world_chosen_by_name_or_key_survives_a_reload(console: Console, name: str) -> None:
    console.open()
    for number, form in enumerate(("{}", "sk_test_{}", "sk_live_{}_readonly")):
        other = f"{name}-{number}"
        console.world.world(other).create_account(display_name=f"Only in {other}")
        console.switch.click()
        console.field("Name or key").fill(form.format(other))
        console.page.keyboard.press("Enter")
        expect(console.panel.get_by_role("link", name=f"Only in {other}")).to_be_visible()
    console.page.reload()

    expect(console.panel.get_by_role("link", name=f"Only in {other}")).to_be_visible()


def test_invalid_name_is_refused_at_its_field(console: Console) -> None:
    console.open()
    console.switch.click()
    console.field("Name or key").fill("no such name")
    console.page.keyboard.press("Enter")

    expect(console.dialog.get_by_text("must be a name of 1 to 64")).to_be_visible()


def test_masked_name_is_listed_without_a_button(console: Console) -> None:
    console.world.world("a-very-long-name-like-a-real-key").get_clock()
    console.open()
    console.switch.click()
    masked = console.dialog.get_by_role("listitem").filter(has_text="a-very…ey")

    expect(masked).to_contain_text("Type its full name")
    expect(masked.get_by_role("button")).to_have_count(0)


def test_long_name_is_masked_where_it_is_shown(browser: Browser, mock: MockProcess) -> None:
    with open_console(browser, mock, "another-very-long-name-like-a-key") as console:
        console.open()

        expect(console.switch).to_contain_text("anothe…ey")


def test_escape_closes_the_choice_of_worlds(console: Console) -> None:
    console.open()
    console.switch.click()
    console.page.keyboard.press("Escape")

    expect(console.dialog).to_have_count(0)
    expect(console.switch).to_be_focused()
