"""`@pytest.mark.postfuze` and what it refuses."""

from __future__ import annotations

import pytest
from tests.e2e.pytest_plugin.conftest import MakeSuite

pytestmark = pytest.mark.process(quick=True)


def test_world_starts_as_the_nearest_markers_say(suite: MakeSuite) -> None:
    outcome = suite(
        """
        import pytest

        @pytest.mark.postfuze(world="empty", clock="2026-01-01T00:00:00Z,frozen", faults=["rate_limited"])
        class TestMarked:
            def test_of_the_class(self, postfuze):
                assert postfuze.search_accounts() == []
                assert postfuze.get_clock() == {"now": "2026-01-01T00:00:00.000Z", "frozen": True}
                assert [fault["preset"] for fault in postfuze.list_faults()] == ["rate_limited"]
                assert postfuze.session.get("/social-accounts").status_code == 429

            @pytest.mark.postfuze(clock="2020-01-01T00:00:00Z", world={"generate": {"x": 3}}, seed=5)
            @pytest.mark.postfuze(faults=[{"operation": "getSocialAccount", "effect": {"status": 500}, "times": 1}])
            def test_of_its_own(self, postfuze):
                accounts = postfuze.session.get("/social-accounts").json()["data"]
                assert [account["platform"] for account in accounts] == ["x"] * 3
                assert accounts[0]["created_at"] < "2020-01-01" <= postfuze.get_clock()["now"] < "2020-01-02"
                assert postfuze.get_state()["seed"] == 5
                path = f"/social-accounts/{accounts[0]['id']}"
                assert [postfuze.session.get(path).status_code for _ in range(2)] == [500, 200]

        @pytest.mark.postfuze(assume={"limit.above-range": "clamped"})
        def test_assumption(postfuze):
            assert postfuze.session.get("/social-accounts", params={"limit": 1000}).status_code == 200

        def test_without_a_marker(postfuze):
            assert len(postfuze.search_accounts()) == 120
            assert postfuze.session.get("/social-accounts", params={"limit": 1000}).status_code == 400
        """
    ).run()

    assert (outcome.code, outcome.counts) == (0, {"passed": 4}), outcome.text


def test_mistakes_are_named_without_a_traceback(suite: MakeSuite) -> None:
    outcome = suite(
        """
        import pytest

        @pytest.mark.postfuze(wrld="empty")
        def test_name(postfuze): ...

        @pytest.mark.postfuze("empty")
        def test_position(postfuze): ...

        @pytest.mark.postfuze(world="emty")
        def test_world(postfuze): ...

        @pytest.mark.postfuze(faults=["rate_limitd"])
        def test_preset(postfuze): ...

        @pytest.mark.postfuze(faults=[{"operation": "x", "effct": {}}])
        def test_fault(postfuze): ...

        @pytest.mark.postfuze(faults="rate_limited")
        def test_faults(postfuze): ...

        @pytest.mark.postfuze(clock="2026-01-01T00:00:00Z,frzen")
        def test_clock(postfuze): ...

        def test_of_others(postfuze):
            postfuze.reset(all=True)
        """
    ).run()

    assert outcome.counts == {"errors": 7, "failed": 1}, outcome.text
    for words in (
        "@pytest.mark.postfuze has no argument wrld; did you mean world?",
        '@pytest.mark.postfuze takes its arguments by name, as in world="empty"',
        "did you mean empty?",
        "did you mean rate_limited?",
        "effct",
        '@pytest.mark.postfuze: faults is a list, as in faults=["rate_limited"]',
        "frzen",
        "reset(all=True) would also reset the worlds of tests that run at the same time",
    ):
        assert words in outcome.text
    assert "pytest_plugin/marker.py" not in outcome.text


def test_marker_is_registered(suite: MakeSuite) -> None:
    outcome = suite("def test_nothing(): ...").run("--markers", "--strict-markers")

    assert "@pytest.mark.postfuze(world=…, assume=…, faults=[…], clock=…, seed=…): " in outcome.text
