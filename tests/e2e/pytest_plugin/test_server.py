"""Where the mock of a test run comes from, and when it ends."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from tests.e2e.conftest import Start
from tests.e2e.pytest_plugin.conftest import MakeSuite
from tests.support import children
from tests.support.times import seconds, until

SEEN = """
import os, pytest

@pytest.mark.parametrize("n", range(12))
def test_sees_a_mock(postfuze, n):
    with open("urls.txt", "a") as file:
        file.write(f"{postfuze.url}\\n")
    postfuze.search_accounts(limit=1)
"""


def is_served(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as caller:
        return caller.connect_ex((str(parts.hostname), parts.port or 80)) == 0


@pytest.mark.parametrize(
    "flags",
    [("-n", "0"), ("-n", "2"), ("-n", "2", "--dist", "loadfile"), ("-n", "2", "--dist", "worksteal")],
    ids=" ".join,
)
def test_one_mock_serves_the_run_and_ends_with_it(suite: MakeSuite, flags: tuple[str, ...]) -> None:
    made = suite(SEEN)
    outcome = made.run(*flags)
    (url,) = set(made.lines("urls.txt"))

    assert outcome.counts == {"passed": 12}, outcome.text
    assert not is_served(url)


def test_workers_that_run_the_same_test_at_once_have_worlds_of_their_own(suite: MakeSuite) -> None:
    made = suite(
        """
        def test_world(postfuze):
            with open("keys.txt", "a") as file:
                file.write(f"{postfuze.key}\\n")
        """
    )
    outcome = made.run("--dist", "each", "--tx", "2*popen")

    assert outcome.counts == {"passed": 2}, outcome.text
    assert len(set(made.lines("keys.txt"))) == 2


def test_crash_of_the_worker_that_used_the_mock_first_leaves_it_to_the_others(suite: MakeSuite) -> None:
    made = suite(SEEN.replace("postfuze.search_accounts(limit=1)", "n or os._exit(3)"))
    outcome = made.run("-n", "2", "--max-worker-restart", "2")
    (url,) = set(made.lines("urls.txt"))

    assert outcome.counts == {"failed": 1, "passed": 11}, outcome.text
    assert not is_served(url)


@pytest.mark.parametrize("flags", [("-n", "0"), ("-n", "2")], ids=" ".join)
def test_killed_run_leaves_no_process(suite: MakeSuite, flags: tuple[str, ...]) -> None:
    made = suite(SEEN.replace("postfuze.search_accounts(limit=1)", "import threading; threading.Event().wait()"))
    run = made.start(*flags)
    processes: list[psutil.Process] = []
    try:
        count = 1 if flags[1] == "0" else 2
        until(lambda: (made.folder / "urls.txt").exists() and len(made.lines("urls.txt")) == count, "the tests")
        processes = psutil.Process(run.pid).children(recursive=True)
        (server,) = [each for each in processes if "postfuze_mock" in each.cmdline()]
        for process in (psutil.Process(run.pid), *processes):
            if process != server:
                process.send_signal(signal.SIGKILL)
        run.wait()
        until(lambda: not any(map(_runs, processes)), "the end of all processes")
    finally:
        children.end(run)
        for process in filter(_runs, processes):
            process.kill()

    assert not is_served(made.lines("urls.txt")[0])


def test_ctrl_c_ends_the_tests_before_the_mock(suite: MakeSuite) -> None:
    made = suite(
        """
        import pytest, threading

        @pytest.fixture
        def account(postfuze):
            yield postfuze.create_account()
            with open("after.txt", "w") as file:
                file.write(postfuze.get_clock()["now"])

        def test_waits(account, postfuze):
            with open("urls.txt", "w") as file:
                file.write(postfuze.url + "\\n")
            threading.Event().wait()
        """
    )
    run = made.start()
    try:
        until(lambda: (made.folder / "urls.txt").exists() and bool(made.lines("urls.txt")), "the test")
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        code = run.wait(seconds(20.0))
    finally:
        children.end(run)

    assert code == pytest.ExitCode.INTERRUPTED
    assert made.lines("after.txt")
    assert not is_served(made.lines("urls.txt")[0])


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("flags", [("-n", "0"), ("-n", "2")], ids=" ".join)
def test_start_that_fails_shows_the_servers_own_words(suite: MakeSuite, flags: tuple[str, ...]) -> None:
    made = suite(SEEN, "postfuze_arguments = --world nowhere.yaml")
    outcome = made.run(*flags)

    assert set(outcome.counts) == {"errors"}, outcome.text
    assert "There is no mock for this test run: " in outcome.text
    assert "exit code 2: postfuze-mock: there is no world file nowhere.yaml" in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("no-such-program", "no-such-program cannot be run: No such file or directory"),
        ("sh -c 'echo all is lost >&2; exit 7'", "it ended with exit code 7: all is lost"),
        ("unclosed 'quotation", "No closing quotation"),
    ],
)
def test_command_that_starts_no_mock_is_reported(suite: MakeSuite, command: str, words: str) -> None:
    outcome = suite(SEEN).run("--postfuze-command", command, "-k", "0")

    assert words in outcome.text
    assert outcome.code == 1


def test_mock_can_come_from_another_environment(suite: MakeSuite, tmp_path: Path) -> None:
    script = tmp_path / "elsewhere"
    script.write_text(f'#!/bin/sh\necho started > started.txt\nexec "{sys.executable}" -P -m postfuze_mock "$@"\n')
    script.chmod(0o755)
    made = suite(SEEN, f"postfuze_command = {script}")

    assert made.run().counts == {"passed": 12}
    assert made.lines("started.txt") == ["started"]


def test_mock_that_stands_already_is_used_and_left_as_it_was(suite: MakeSuite, start: Start) -> None:
    mock, made = start(), suite(SEEN, "postfuze_command = no-such-program")
    before = mock.client("demo").get_mock_health()["worlds"]

    for run in (
        made.run("--postfuze-url", f"{mock.url}/"),
        made.run("-n", "2", env={"POSTFUZE_ORIGIN": mock.url}),
        suite(SEEN, f"postfuze_url = {mock.url}").run(),
    ):
        assert run.counts == {"passed": 12}, run.text
    assert set(made.lines("urls.txt")) == {mock.url}
    assert mock.client("demo").get_mock_health()["worlds"] >= before


def test_mock_with_a_control_token_is_used_with_the_variable(suite: MakeSuite, start: Start) -> None:
    token = {"POSTFUZE_MOCK_CONTROL_TOKEN": "hush"}
    mock = start(env=token)

    assert suite(SEEN).run("--postfuze-url", mock.url, env=token).counts == {"passed": 12}
    assert suite(SEEN).run(env=token).counts == {"passed": 12}


def test_address_without_a_mock_is_reported_once_for_each_test_without_a_traceback(suite: MakeSuite) -> None:
    outcome = suite(SEEN).run("--postfuze-url", "http://127.0.0.1:9")

    assert outcome.counts == {"errors": 12}
    assert (
        "There is no mock for this test run: GET /_mock/health: no mock listens at http://127.0.0.1:9" in outcome.text
    )
    assert "Traceback" not in outcome.text
