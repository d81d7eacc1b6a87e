"""`--state-file`: worlds survive a restart, and an invalid file is unchanged."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.conftest import Start
from tests.mockserver.test_restart import lived_in, state_in
from tests.support.processes import MockProcess, command
from tests.support.times import until

CLOCK: Final = "2026-06-14T12:10:00.000Z"
FROZEN: Final = ("--clock", f"{CLOCK},frozen")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def ended(mock: MockProcess) -> MockProcess:
    """Stop the server as an operator would."""
    assert mock.send(signal.SIGTERM) == 0
    return mock


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_restart_keeps_every_world(ending: signal.Signals, start: Start, file: Path) -> None:
    first = start(*FROZEN, "--state-file", file)
    acme, demo = lived_in(first), first.client("demo").get_state()
    first.send(ending)
    second = start("--state-file", file)

    assert [each["name"] for each in second.client("acme").list_worlds()] == ["acme", "demo"]
    assert second.client("acme").get_state() == acme
    assert second.client("demo").get_state() == demo


def test_kill_loses_only_the_last_seconds(start: Start, file: Path) -> None:
    mock = start(*FROZEN, "--state-file", file)
    state = lived_in(mock)
    until(lambda: file.exists() and state_in(file) == state, "the autosave")
    mock.send(signal.SIGKILL)

    assert start("--state-file", file).client("acme").get_state() == state


def test_second_server_on_the_same_file_is_refused(start: Start, file: Path, tmp_path: Path) -> None:
    mock = start("--state-file", file)

    assert "is in use by another postfuze-mock" in refusal(file, tmp_path)
    ended(mock)
    start("--state-file", file)


def test_server_that_was_killed_leaves_no_lock(start: Start, file: Path) -> None:
    start("--state-file", file).send(signal.SIGKILL)

    start("--state-file", file)


def refusal(file: Path, folder: Path) -> str:
    """The one sentence with which a start with `file` ends."""
    result = command("serve", "--port", "0", "--state-file", file, cwd=folder)
    assert (result.returncode, result.stdout) == (1, b"")
    (sentence,) = result.stderr.decode().splitlines()
    assert sentence.startswith("postfuze-mock: ")
    assert str(file.resolve()) in sentence
    return sentence
