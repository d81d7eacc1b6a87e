"""Each test has a world of its own, which starts as its marker says."""

from __future__ import annotations

import pytest
from tests.e2e.pytest_plugin.conftest import MakeSuite
from tests.e2e.pytest_plugin.runs import Suite

CLOCK = "2026-06-14T12:10:00Z"
#: Nine of ten tests leave their world in a mess; each checks first that it got a fresh one.
MESS = """
import pytest

STEPS = {
    "empty": lambda mock: mock.reset(world="empty"),
    "seed": lambda mock: mock.reset(seed=7),
    "document": lambda mock: mock.reset(world={"accounts": [{"platform": "x"}]}),
    "clock": lambda mock: mock.put_clock(now="2031-01-01T00:00:00Z", frozen=False),
    "fault": lambda mock: mock.create_fault(operation="*", effect={"status": 503}),
    "webhook": lambda mock: mock.put_webhooks([{"url": "http://127.0.0.1:9/hook"}]),
    "journal": lambda mock: mock.put_journal_settings(bodies=False, size=1),
    "state": lambda mock: mock.put_state({**mock.get_state(), "accounts": []}),
    "another world": lambda mock: [mock.world("x").create_account() for n in range(2)],
    "accounts": lambda mock: [mock.delete_account(each["id"]) for each in mock.search_accounts(limit=3)],
}

@pytest.mark.parametrize("n", range(COUNT // len(STEPS)))
@pytest.mark.parametrize("step", STEPS)
def test_leaves_a_mess(postfuze, step, n):
    assert len(postfuze.search_accounts()) == 120
    assert postfuze.get_clock() == {"now": "2026-06-14T12:10:00.000Z", "frozen": True}
    assert postfuze.list_faults() == postfuze.get_webhooks() == postfuze.list_events() == []
    assert postfuze.get_journal_settings() == {"bodies": True, "size": 1000}
    assert postfuze.get_mock_health()["seed"] == 1
    with open(f"worlds-{RUN}.txt", "a") as file:
        file.write(f"{postfuze.key} {postfuze.search_accounts(limit=1)[0]['id']} {postfuze.url}\\n")
    assert step != "another world" or len(postfuze.world("x").search_accounts()) == 120
    STEPS[step](postfuze)
"""
#: Another order in each run, with a fixed seed.
SHUFFLE = """
import random

def pytest_collection_modifyitems(config, items):
    random.Random(config.getini("seed")).shuffle(items)

def pytest_addoption(parser):
    parser.addini("seed", "of the order")
"""


def messy(suite: MakeSuite, count: int, run: str, settings: str = "") -> Suite:
    text = MESS.replace("COUNT", str(count)).replace("RUN", run)
    made = suite(text, f"postfuze_arguments = --clock {CLOCK},frozen {settings}\nseed = {run}\n")
    made.write("conftest.py", SHUFFLE)
    return made


@pytest.mark.slow
def test_a_thousand_tests_in_random_order_leave_nothing_to_each_other_or_the_server(suite: MakeSuite) -> None:
    outcome = messy(suite, 1000, "1", "--max-worlds 40").run("-q", "-n", "3", "--no-summary")

    assert (outcome.code, outcome.counts) == (0, {"passed": 1000}), outcome.text[-3000:]


def test_a_test_gets_the_same_data_in_any_order_on_any_worker(suite: MakeSuite) -> None:
    one, two = messy(suite, 20, "1"), messy(suite, 20, "2")
    assert messy(suite, 20, "1").run("-n", "0").counts == {"passed": 20}
    assert messy(suite, 20, "2").run("-n", "3").counts == {"passed": 20}

    first, second = (
        [line.split() for line in each.lines(f"worlds-{run}.txt")] for each, run in ((one, "1"), (two, "2"))
    )
    assert [each[:2] for each in first] != [each[:2] for each in second]
    assert sorted(each[:2] for each in first) == sorted(each[:2] for each in second)
    assert len({key for key, _, _ in second}) == 20
    assert len({url for _, _, url in second}) == 1
