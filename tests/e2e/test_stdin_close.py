"""`--exit-on-stdin-close`: the server ends with the process that holds its stdin."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.support import children
from tests.support.processes import ROOT, MockProcess, command, environment, program, program_environment
from tests.support.times import seconds, until

FLAG: Final = "--exit-on-stdin-close"

#: Starts the mock with a pipe as its stdin, prints its process id and its ready line, and is killed.
KILLED_PARENT: Final = """
import os, signal, subprocess, sys

arguments = [sys.executable, "-m", "postfuze_mock", "serve", "--port", "0", "--exit-on-stdin-close"]
mock = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(mock.pid, mock.stdout.readline(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[MockProcess]:
    """A server that a parent holds by its stdin, and that has a state file."""
    state = tmp_path / "state.json"
    process = MockProcess(FLAG, "--state-file", state, folder=tmp_path, stdin=subprocess.PIPE)
    yield process
    process.stop()


@pytest.mark.process(quick=True)
def test_closed_stdin_ends_the_server_in_good_order(mock: MockProcess, tmp_path: Path) -> None:
    mock.client("acme").create_account(platform="x", username="kept")
    connection = mock.caller("sk_test_acme")
    assert connection.get("/social-accounts").status == 200  # and stays open

    assert mock.close_stdin() == 0
    assert "kept" in (tmp_path / "state.json").read_text(encoding="utf-8")
    assert "Traceback" not in mock.stderr


def test_what_is_written_to_stdin_is_dropped(mock: MockProcess) -> None:
    assert mock.process.stdin is not None
    mock.process.stdin.write(b"quit\n" * 100_000)  # more than a pipe holds: it is read
    mock.process.stdin.flush()

    assert mock.caller("sk_test_acme").get("/social-accounts").status == 200
    assert mock.close_stdin() == 0


def test_server_ends_when_its_parent_is_killed() -> None:
    killed = children.run([sys.executable, "-c", KILLED_PARENT], cwd=ROOT, env=environment())
    pid = int(killed.stdout.split()[0])

    assert b"ready at" in killed.stdout
    until(lambda: not psutil.pid_exists(pid), "the end of the server")


def test_socket_is_as_good_as_a_pipe(tmp_path: Path) -> None:
    """Node.js gives its children sockets."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        mock = MockProcess(FLAG, folder=tmp_path, stdin=theirs.fileno())
        theirs.close()
        ours.close()

        assert mock.process.wait(seconds(20.0)) == 0
    mock.stop()


def test_stdin_at_its_end_is_refused(tmp_path: Path) -> None:
    result = command("serve", "--port", "0", FLAG, cwd=tmp_path)

    assert result.returncode == 2
    assert result.stdout == b""
    (sentence,) = result.stderr.decode().splitlines()
    assert "--exit-on-stdin-close needs a pipe as stdin" in sentence
    assert "/dev/null" in sentence


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev/stdin")
def test_world_file_that_would_never_be_complete_is_refused(tmp_path: Path) -> None:
    result = command("exec", "--world", "/dev/stdin", "--", "true", cwd=tmp_path)

    assert result.returncode == 2
    assert b"the world file cannot be stdin (/dev/stdin)" in result.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_terminal_is_refused(tmp_path: Path) -> None:
    ours, terminal = os.openpty()
    child = children.start(
        [*program(), "serve", "--port", "0"],
        cwd=tmp_path,
        env=program_environment(extra={"POSTFUZE_MOCK_EXIT_ON_STDIN_CLOSE": "yes"}),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        _, stderr = child.communicate(timeout=seconds(20.0))
    finally:
        children.end(child)
        os.close(terminal)
        os.close(ours)

    assert child.returncode == 2
    assert b"it is a terminal" in stderr


@pytest.mark.process(quick=True)
def test_setting_of_a_file_counts_too(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.postfuze-mock]\nexit-on-stdin-close = true\n", encoding="utf-8")
    mock = MockProcess(folder=tmp_path, stdin=subprocess.PIPE)

    assert json.loads(mock.request("GET", "/_mock/health", {}).text)["status"] == "ok"
    assert mock.close_stdin() == 0
    mock.stop()
