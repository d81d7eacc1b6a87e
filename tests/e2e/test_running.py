"""`postfuze_mock.running()`: a mock for a block of code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest
from tests.support import children
from tests.support.processes import environment
from tests.support.times import until

import postfuze_mock
from postfuze_mock.client import MockError

CLAMPED: Final = {"limit.above-range": "clamped"}
WAITING: Final = """
import postfuze_mock
with postfuze_mock.running() as mock:
    print(mock.url, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def as_in_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock's process finds the packages of this checkout, and no settings of the user."""
    for name in [name for name in environment() if name.startswith("POSTFUZE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])


def test_block_has_a_mock_with_its_settings_that_ends_with_it() -> None:
    with postfuze_mock.running(world="empty", clock="2026-06-14T12:10:00Z,frozen", assume=CLAMPED) as mock:
        assert mock.get_clock() == {"now": "2026-06-14T12:10:00.000Z", "frozen": True}
        assert mock.world("mine").search_accounts() == []
        assert mock.session.get("/social-accounts", params={"limit": 1000}).status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(mock.url)


def test_worlds_are_its_own_unless_the_caller_says_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTFUZE_MOCK_STATE", f"sqlite:///{tmp_path}/environment.db")
    monkeypatch.setenv("POSTFUZE_MOCK_WORKERS", "2")

    with postfuze_mock.running() as mock:
        assert mock.get_mock_health()["state"] == "memory"
    with postfuze_mock.running(state=f"sqlite:///{tmp_path}/own.db", workers=2) as mock:
        assert mock.get_mock_health()["state"] == "sqlite"
    assert not (tmp_path / "environment.db").exists()


def test_key_and_token_are_those_of_the_client() -> None:
    with postfuze_mock.running(key="sk_test_mine", control_token="hush") as mock:
        assert mock.key == "sk_test_mine"
        assert mock.create_account()["id"]
        assert httpx.get(f"{mock.url}/_mock/clock").status_code == 401


def test_mock_ends_after_a_failure_in_the_block() -> None:
    with pytest.raises(ZeroDivisionError), postfuze_mock.running() as mock:
        1 / 0  # noqa: B018

    with pytest.raises(MockError, match="no mock listens"):
        mock.get_clock()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"world": "nowhere.yaml"}, "exit code 2: postfuze-mock: there is no world file nowhere.yaml"),
        ({"port": 99999}, "exit code 2:\nusage: (.|\n)* argument --port: must be a port from 0 to 65535"),
        ({"command": ["no-such-program"]}, "no-such-program cannot be run: No such file or directory"),
        ({"command": ["sh", "-c", "exit 3"]}, "it ended with exit code 3$"),
        ({"command": ["sh", "-c", "echo hello"]}, "it ended with exit code 0$"),
    ],
)
def test_start_that_fails_raises_the_servers_own_words(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(MockError, match=words), postfuze_mock.running(**settings):
        pytest.fail("There is a mock.")


def test_misspelt_setting_is_refused_before_anything_starts() -> None:
    misspelt: dict[str, Any] = {"clok": "2026-06-14T12:10:00Z", "command": ["no-such-program"]}
    with pytest.raises(TypeError, match=r"running\(\) has no argument clok; did you mean clock\?"):
        postfuze_mock.running(**misspelt).__enter__()


def test_command_that_is_no_list_is_refused() -> None:
    with pytest.raises(TypeError, match=r"command is a list of words, as in \['uvx', 'postfuze-mock'\]"):
        postfuze_mock.running(command="uvx postfuze-mock").__enter__()


def test_killed_program_leaves_no_mock(tmp_path: Path) -> None:
    program = children.start(
        [sys.executable, "-c", WAITING],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert program.stdout is not None
        program.stdout.readline()
        (server,) = psutil.Process(program.pid).children()
        program.kill()
        until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, "the end of the mock")
    finally:
        children.end(program)


def test_package_is_light_until_something_is_used() -> None:
    program = "import sys; before = set(sys.modules); import postfuze_mock; print(*set(sys.modules) - before)"
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )

    assert {name for name in result.stdout.split() if name.partition(".")[0] not in sys.stdlib_module_names} == {
        "postfuze_mock"
    }
    public = (postfuze_mock.webhooks.verify, postfuze_mock.asgi.application, postfuze_mock.client.Mock)
    assert all(map(callable, public))
    with pytest.raises(AttributeError, match="has no attribute 'runing'"):
        postfuze_mock.runing  # type: ignore[attr-defined]  # noqa: B018
