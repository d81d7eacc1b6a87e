"""The console: presets, custom faults, and active faults."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Final

from playwright.sync_api import expect
from tests.e2e.console.console import Console, shell


def test_every_preset_is_offered_with_its_description(console: Console) -> None:
    console.open("faults")
    presets = console.world.list_faults(presets=True)

    expect(console.panel.locator(".presets > li")).to_have_count(len(presets))
    for preset in presets:
        expect(console.button(preset["title"])).to_be_visible()
        expect(console.panel.get_by_text(preset["description"])).to_be_visible()


def test_preset_is_set_by_its_button_and_hits_the_api(console: Console) -> None:
    console.open("faults")
    console.button("The service is down").click()
    console.expect_outcome("Fault set: The service is down (201)")
    assert console.api.get("/social-accounts").status == 503

    expect(console.rows).to_contain_text("1 hit")
    assert [fault["preset"] for fault in console.world.list_faults()] == ["service_down"]


def test_fault_is_removed(console: Console) -> None:
    console.world.create_fault(operation="*", effect={"status": 500})
    console.open("faults")
    console.rows.get_by_role("button", name="Remove").click()

    expect(console.panel.get_by_text("No fault is set")).to_be_visible()
    assert console.world.list_faults() == []


def test_all_faults_are_removed_at_once(console: Console) -> None:
    for status in (500, 502):
        console.world.create_fault(operation="*", effect={"status": status})
    console.open("faults")
    expect(console.rows).to_have_count(2)
    console.button("Remove all").click()
    console.dialog.get_by_role("button", name="Remove all").click()
    console.expect_outcome("All faults removed (204)")

    assert console.world.list_faults() == []


EFFECTS: Final[list[tuple[str, dict[str, str], dict[str, Any]]]] = [
    ("Status", {"Status": "429", "Retry-After (s)": "7"}, {"status": 429, "retry_after": 7}),
    ("Delay", {"Delay (ms)": "5"}, {"delay_ms": 5}),
    ("Delay", {"Delay (ms)": "5", "At most (ms)": "9"}, {"delay_ms": [5, 9]}),
    ("Dropped connection", {}, {"drop": "reset"}),
    ("Corrupted response", {"Where": "/data/1/id"}, {"corrupt": {"path": "/data/1/id", "how": "remove"}}),
]


def test_custom_fault_of_each_kind_is_set_by_the_form(console: Console) -> None:
    console.open("faults")
    console.field("Operation").select_option("listSocialAccounts")
    for kind, fields, effect in EFFECTS:
        console.field("Effect").select_option(label=kind)
        for label, value in {**fields, "Times": "3", "After": "1", "Probability": "0.5"}.items():
            console.field(label).locator("visible=true").fill(value)
        with console.page.expect_response(lambda each: each.request.method == "POST") as response:
            console.button("Set the fault").click()
        assert response.value.status == 201
        fault = console.world.list_faults()[-1]
        assert (fault["operation"], fault["effect"]) == ("listSocialAccounts", effect)
        assert (fault["times"], fault["after"], fault["probability"]) == (3, 1, 0.5)

    expect(console.rows).to_have_count(len(EFFECTS))


def test_invalid_fault_is_refused_at_its_field(console: Console) -> None:
    console.open("faults")
    console.field("Status").fill("200")
    console.button("Set the fault").click()

    expect(console.panel.get_by_text("must be a status of failure")).to_be_visible()
    expect(console.field("Status")).to_have_attribute("aria-invalid", "true")
    assert console.world.list_faults() == []


def test_faults_are_told_in_plain_words_with_what_they_did(console: Console) -> None:
    console.world.create_fault(preset="service_down", times=4)
    console.world.create_fault(operation="getSocialAccount", effect={"delay_ms": 5}, after=2)
    console.api.get("/social-accounts")
    console.open("faults")

    expect(console.rows.first).to_contain_text("The service is down")
    expect(console.rows.first).to_contain_text("every call")
    expect(console.rows.first).to_contain_text("1 hit · 3 left")
    expect(console.rows.last).to_contain_text("Delay at getSocialAccount5 ms late · after 2 callsno call came yet")
    console.rows.first.get_by_role("link", name="See the calls").click()
    expect(console.page.get_by_role("heading", name="Requests")).to_be_visible()
    expect(console.rows).to_contain_text("The fault “The service is down” answered with 503.")


def test_address_of_a_new_fault_fills_the_form_for_its_operation(console: Console) -> None:
    console.open("faults/new/deleteSocialAccount")

    expect(console.field("Operation")).to_have_value("deleteSocialAccount")
    expect(console.field("Times")).to_have_value("1")
    expect(console.field("Effect")).to_be_focused()


def test_preset_has_its_statements_and_scripts_that_run(console: Console) -> None:
    console.open("faults")
    preset = console.panel.locator(".presets > li").filter(has_text="The service is down")
    expect(preset.get_by_role("link", name="limits.retry-after")).to_have_attribute(
        "href", "/docs#statement/limits.retry-after"
    )
    preset.get_by_text("As a script").click()

    assert shell(preset.get_by_role("group", name="Curl: service_down").inner_text())[0] == 201
    script = preset.get_by_role("group", name="Python: service_down").inner_text()
    subprocess.run([sys.executable, "-c", script], check=True)
    assert [fault["preset"] for fault in console.world.list_faults()] == ["service_down"] * 2
