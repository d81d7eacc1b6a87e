"""The fixtures, and what they cost those who use none."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.e2e.pytest_plugin.conftest import MakeSuite
from tests.support.processes import environment

pytestmark = pytest.mark.process(quick=True)
IMPORT = """
import sys, pytest
import collections.abc, typing
before = set(sys.modules)
import postfuze_mock.pytest_plugin
print(*sorted(set(sys.modules) - before))
"""


def test_plugin_imports_nothing_but_itself() -> None:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT], env=environment(), capture_output=True, text=True, check=True
    )

    assert result.stdout.split() == ["postfuze_mock", "postfuze_mock.pytest_plugin"]


@pytest.mark.parametrize("flags", [("-n", "0"), ("-n", "2")], ids=" ".join)
def test_run_without_the_fixtures_starts_and_imports_nothing(suite: MakeSuite, flags: tuple[str, ...]) -> None:
    outcome = suite(
        """
        import sys

        def test_nothing(pytestconfig):
            loaded = {name for name in sys.modules if name.startswith("postfuze_")}
            assert loaded == {"postfuze_mock", "postfuze_mock.pytest_plugin"}
            assert not pytestconfig.pluginmanager.has_plugin("postfuze-failure-sections")
        """,
        "postfuze_command = no-such-program",
    ).run(*flags)

    assert outcome.counts == {"passed": 1}, outcome.text


def test_fixtures_offer_what_a_test_needs(suite: MakeSuite) -> None:
    outcome = suite(
        """
        import sys, pytest, postfuze_mock.client

        def test_client(postfuze, postfuze_server):
            assert isinstance(postfuze, postfuze_mock.client.Mock)
            assert postfuze.api_url == f"{postfuze.url}/api/v1" == postfuze_server.api_url
            assert postfuze.key.startswith("sk_test_test-client-")
            assert postfuze_server.world("other").get_clock()

        @pytest.mark.parametrize("n", [1, 2])
        def test_other_worlds_are_of_the_test_too(postfuze, postfuze_async, n):
            other = postfuze.world("other")
            assert len(other.search_accounts()) == 120
            other.reset(world="empty")
            account = postfuze.world("other").create_account()
            assert postfuze_async.world("other").key == other.key != postfuze.key
            assert postfuze.session.get(f"/social-accounts/{account['id']}").status_code == 404
            assert other.session.get(f"/social-accounts/{account['id']}").status_code == 200

        def test_session(postfuze):
            assert len(postfuze.session.get("/social-accounts").json()["data"]) == 25
            postfuze.assert_called("listSocialAccounts", times=1)

        def test_session_without_httpx(postfuze, monkeypatch):
            monkeypatch.setitem(sys.modules, "httpx", None)
            with pytest.raises(ImportError, match="^session is a client of httpx, which is not"):
                postfuze.session

        @pytest.mark.parametrize("text", ["ä" * 200, "_readonly", "a/b", ""])
        def test_with_an_odd_name(postfuze, text):
            assert postfuze.session.delete(f"/social-accounts/{postfuze.create_account()['id']}").status_code == 200

        @pytest.mark.anyio
        async def test_coroutine(postfuze_async, postfuze):
            account = await postfuze_async.create_account(platform="x")
            response = await postfuze_async.session.get(f"/social-accounts/{account['id']}")
            assert response.json()["platform"] == "x"
            await postfuze_async.assert_called("getSocialAccount", times=1)
            assert postfuze.get_account(account["id"])["platform"] == "x"
            with pytest.raises(ValueError, match="reset.all=True. would also reset"):
                await postfuze_async.reset(all=True)

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
        """
    ).run("-W", "error")

    assert (outcome.code, outcome.counts) == (0, {"passed": 10}), outcome.text
