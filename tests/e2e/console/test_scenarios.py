"""The console: scenarios. Each is run by its button, and by its scripts as they stand on the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import pytest
from playwright.sync_api import Locator, expect
from tests.e2e.browser import Browser
from tests.e2e.conftest import Start
from tests.e2e.console.conftest import REFUSED
from tests.e2e.console.console import Console
from tests.e2e.test_control_port import pair

from postfuze_mock.client import Mock
from postfuze_mock.client.fields import Json

EXPIRED, REAUTH, DISCONNECTED = "account.token_expired", "account.reauth_required", "account.disconnected"
CONNECTED: Final = "account.connected"
TOKEN: Final = "hush-hush"
HEALTH, LIST, GET = "getSocialAccountHealth", "listSocialAccounts", "getSocialAccount"
METRICS, PAGES, FINALIZE = "getSocialAccountMetrics", "listPendingPages", "finalizeConnection"


class Outcome(NamedTuple):
    """What a scenario comes to: the calls of the API with their statuses, the events, the account's status after it,
    and parts of the last answer."""

    calls: list[tuple[str, int]]
    events: list[str]
    status: str = "active"
    answer: Mapping[str, Any] = MappingProxyType({})


OUTCOMES: Final = {
    "Token expires and the refresh fails": Outcome(
        [(HEALTH, 200)], [EXPIRED], "token_expired", {"healthy": False, "error_code": "token_expired"}
    ),
    "Customer revokes access": Outcome(
        [(HEALTH, 200)],
        [EXPIRED, REAUTH, DISCONNECTED],
        "token_expired",
        {"healthy": False, "error_code": "token_expired"},
    ),
    "Token is about to expire, and is refreshed": Outcome(
        [(HEALTH, 200)], [], answer={"healthy": True, "token_expires_at": "2026-06-14T14:10:00.000Z"}
    ),
    "Platform refuses the token": Outcome(
        [(HEALTH, 200)], [], answer={"healthy": False, "error_code": "unauthorized", "status": "active"}
    ),
    "Platform is down": Outcome([(METRICS, 200), (HEALTH, 200)], [], answer={"checked_live": False}),
    "Status that the documents do not name": Outcome(
        [(GET, 200), (HEALTH, 200)], [], "under_review", {"error_code": "under_review"}
    ),
    "Account is disconnected while you list": Outcome(
        [(LIST, 200), (GET, 404)], [DISCONNECTED], "disabled", {"code": "not_found"}
    ),
    "Customer connects the account again": Outcome([(FINALIZE, 200)], [CONNECTED]),
    "Finalize late": Outcome([(PAGES, 200), (FINALIZE, 404)], [], answer={"code": "not_found"}),
    "Finalize twice": Outcome([(FINALIZE, 200), (FINALIZE, 404)], [CONNECTED]),
    "Page that was not offered": Outcome([(FINALIZE, 422), (FINALIZE, 200)], [CONNECTED]),
    "Rate limit is used up": Outcome([(LIST, 429), (LIST, 200)], []),
    "Service is down for a moment": Outcome([(LIST, 503), (LIST, 200)], []),
    "Answer takes two seconds": Outcome([(LIST, 200)], []),
}


@pytest.fixture
def scenarios(console: Console, acme: Json) -> Locator:
    """The rows of the panel, for the account `acme`."""
    console.world.patch_account(acme["id"], behaviour={"snapshots": 2})
    panel = console.open(f"scenarios/{acme['id']}")
    expect(console.field("Account")).to_have_value(acme["id"])
    return panel.locator(".scenarios > li")


def title(scenario: Locator) -> str:
    return scenario.locator("b").first.inner_text()


def script(scenario: Locator, language: str) -> str:
    """The script that the opened row shows."""
    if scenario.locator(".more").is_hidden():
        scenario.locator("button.line").click()
    block = scenario.get_by_role("group", name=f"{language}: {title(scenario)}")
    expect(block).not_to_be_empty()
    return block.inner_text()


def check(console: Console, account: Json, outcome: Outcome, of: str) -> None:
    """Whether the world came to `outcome` since its journal was emptied."""
    requests = console.world.list_requests()
    assert [(each["operation"], each["status"]) for each in requests] == outcome.calls, of
    assert [each["event"] for each in console.world.list_events()] == outcome.events, of
    assert console.world.get_account(account["id"])["status"] == outcome.status, of
    last = requests[-1]["response"]["body"]
    assert {name: last[name] for name in outcome.answer} == outcome.answer, of


def test_each_runs_by_its_button_and_is_undone(console: Console, acme: Json, scenarios: Locator) -> None:
    before = console.world.get_state()
    for scenario in scenarios.all():
        name = title(scenario)
        console.world.delete_requests()
        console.button(f"Run: {name}").click()
        expect(console.panel.get_by_role("group", name=f"What came: {name}")).to_be_visible()
        check(console, acme, OUTCOMES[name], name)
        console.undo.click()
        console.expect_outcome(f"Undone: {name}")
        assert console.world.get_state() == before, name

    assert scenarios.count() == len(OUTCOMES)
    (outage,) = [each for each in console.visit.complaints if not each.startswith(REFUSED)]
    console.visit.complaints.remove(outage)  # the browser's word on the service that was down


RUN: Final[dict[str, Callable[[str], list[str]]]] = {
    "curl": lambda text: ["bash", "-euc", text.replace("curl ", "curl -sS ")],
    "Python": lambda text: [sys.executable, "-c", text],
}


@pytest.mark.parametrize("language", RUN)
def test_each_script_does_the_same(console: Console, acme: Json, scenarios: Locator, language: str) -> None:
    before = console.world.get_state()
    scripts = {title(scenario): script(scenario, language) for scenario in scenarios.all()}
    for name, text in scripts.items():
        console.world.put_state(before)
        subprocess.run(RUN[language](text), check=True, capture_output=True, timeout=30)
        check(console, acme, OUTCOMES[name], name)

    assert scripts.keys() == OUTCOMES.keys()


@pytest.mark.parametrize("language", RUN)
def test_script_reaches_the_api_at_another_port_and_has_no_secret(
    browser: Browser, start: Start, language: str
) -> None:
    both = pair(start("--control-port", "0", "--control-token", TOKEN))
    with browser.page() as page:
        page.add_init_script(f"sessionStorage.setItem('control-token', '{TOKEN}')")
        page.goto(f"{both.control_url}/_mock/#@acme/scenarios")
        text = script(page.locator(".scenarios > li", has_text="Finalize twice"), language)
    assert TOKEN not in text
    env = os.environ | {"POSTFUZE_MOCK_CONTROL_TOKEN": TOKEN}
    subprocess.run(RUN[language](text), check=True, capture_output=True, timeout=30, env=env)
    with closing(Mock(both.control_url, "sk_test_acme", TOKEN)) as world:
        assert [each["status"] for each in world.list_requests()] == [200, 404]


def test_slow_answer_comes_late(console: Console) -> None:
    name = "Answer takes two seconds"
    console.open("scenarios")
    console.button(f"Run: {name}").click()
    expect(console.panel.get_by_role("group", name=f"What came: {name}")).to_be_visible()

    assert console.world.list_requests()[-1]["duration_ms"] >= 2000


def test_open_account_has_its_scenarios(console: Console, acme: Json) -> None:
    console.open(f"accounts/{acme['id']}")
    detail = console.page.get_by_role("complementary", name="The open account")
    detail.get_by_role("button", name="Run: Platform refuses the token").click()
    health = detail.locator(".answers > li", has_text="/health")
    expect(health).to_contain_text("not healthy: unauthorized")
    console.undo.click()

    expect(health).to_contain_text("healthy, by a live probe")


def test_account_is_chosen_and_named_by_the_address(console: Console, acme: Json, scenarios: Locator) -> None:
    other = console.world.create_account(display_name="Other Ltd", platform="reddit")
    console.field("Account").select_option(label="Other Ltd · reddit · active")
    expect(console.page).to_have_url(re.compile(f"/scenarios/{other['id']}$"))
    console.button("Run: Status that the documents do not name").click()
    console.expect_outcome("200")

    expect(scenarios.first).to_be_visible()
    assert console.world.get_account(other["id"])["status"] == "under_review"
    assert console.world.get_account(acme["id"])["status"] == "active"


def test_account_is_chosen_that_health_checks_live(console: Console) -> None:
    console.world.reset(world="empty")
    live = console.world.create_account(platform="x", created_at="2026-06-01T00:00:00Z")
    console.world.create_account(platform="pinterest", created_at="2026-06-02T00:00:00Z")
    console.open("scenarios")

    expect(console.field("Account")).to_have_value(live["id"])


def test_world_without_accounts_has_the_other_scenarios(console: Console) -> None:
    console.world.reset(world="empty")
    panel = console.open("scenarios")

    expect(panel.get_by_text("This world has no account.")).to_be_visible()
    expect(panel.locator(".scenarios > li:visible")).to_have_count(6)
