"""The report of a failed test ends with what its world saw."""

from __future__ import annotations

import pytest
from tests.e2e.pytest_plugin.conftest import MakeSuite

TESTS = """
import pytest

def test_refused(postfuze):
    for _ in range(12):
        postfuze.session.get("/social-accounts", params={"limit": 1})
    postfuze.session.get("/social-accounts", params={"limit": 1000})
    assert not "refused"

def test_undelivered(postfuze):
    postfuze.put_webhooks([{"url": "http://127.0.0.1:9/hook"}])
    postfuze.delete_account(postfuze.create_account()["id"])
    while not postfuze.list_events()[0]["deliveries"][0]["attempts"]:
        pass
    assert not "delivered"

def test_passing(postfuze):
    postfuze.session.get("/social-accounts", params={"limit": 1000})
"""


@pytest.mark.parametrize("flags", [(), ("-n", "2")], ids=["alone", "workers"])
def test_failure_shows_refused_calls_first_and_undelivered_events(suite: MakeSuite, flags: tuple[str, ...]) -> None:
    outcome = suite(TESTS).run(*flags)
    reports = outcome.reports()

    assert outcome.counts == {"failed": 2, "passed": 1}, outcome.text
    assert reports["test_refused"] == [
        "Refused calls (1):",
        "  GET /api/v1/social-accounts?limit=1000 → 400 validation_failed",
        "    Refused: limit must be at most 100.",
        "    limit.above-range: What if `limit` is above 100? It is refused like any invalid parameter.",
        "Other calls (12):",
        "  … and 2 before",
        *["  GET /api/v1/social-accounts?limit=1 → 200"] * 10,
    ]
    assert reports["test_undelivered"] == [
        "There was no call.",
        "Not delivered (1):",
        "  account.disconnected → http://127.0.0.1:9/hook: failed after 1 attempt, no connection: nobody listens there",
    ]
    assert set(reports) == {"test_refused", "test_undelivered"}


def test_failure_of_a_call_shows_the_line_of_the_test_alone(suite: MakeSuite) -> None:
    outcome = suite(
        """
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        def test_refusal(postfuze):
            postfuze.create_account(platfrm="x")

        def test_assertion(postfuze):
            postfuze.assert_called("listSocialAccounts")

        def test_unknown_operation(postfuze):
            postfuze.assert_called("listSocialAccount")

        def test_inbox(postfuze):
            postfuze.inbox.wait_for("account.connected", timeout=0)

        @pytest.mark.anyio
        async def test_coroutine(postfuze_async):
            await postfuze_async.wait_for_event("account.connected", timeout=0)
        """
    ).run("--tb=short")

    assert outcome.counts == {"failed": 5}, outcome.text
    assert "did you mean platform?" in outcome.text
    assert "postfuze_mock/client" not in outcome.text
    assert "postfuze_mock/pytest_plugin" not in outcome.text
    assert "hidden" not in outcome.text


def test_mock_that_is_gone_hides_no_failure_and_fails_the_next_test_with_its_words(suite: MakeSuite) -> None:
    outcome = suite(
        """
        def test_kills_it(postfuze, postfuze_server):
            postfuze_server._source._process.kill()
            postfuze_server._source._process.wait()
            assert not "the test's own failure"

        def test_next(postfuze): ...
        """
    ).run("-n", "0")

    assert outcome.counts == {"failed": 1, "errors": 2}, outcome.text
    assert 'assert not "the test\'s own failure"' in outcome.text
    assert "It cannot be read: GET /_mock/requests" in outcome.text
    assert outcome.text.count("The mock of this test run is gone: it ended with exit code -9") >= 2
