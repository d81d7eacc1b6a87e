"""`--state-file`: worlds survive a restart, and an invalid file is unchanged."""

from __future__ import annotations

import os
import random
import resource
import signal
import threading
import time
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.conftest import Start
from tests.mockserver.test_restart import lived_in, state_in
from tests.support.processes import MockProcess, command
from tests.support.times import until

from postfuze_mock.client import Mock, MockError

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


def test_saved_change_survives_a_kill(start: Start, file: Path) -> None:
    mock = start(*FROZEN, "--state-file", file)
    state = lived_in(mock)
    until(lambda: file.exists() and state_in(file) == state, "the autosave")
    mock.send(signal.SIGKILL)

    assert start("--state-file", file).client("acme").get_state() == state


class Writers:
    """Threads that create accounts until the server is gone. `answered` has the id of each account that the server
    answered with, and when."""

    def __init__(self, mock: MockProcess, threads: int = 4) -> None:
        self.answered: list[tuple[str, float]] = []
        self.threads = [threading.Thread(target=self._write, args=(mock.client("acme"),)) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def _write(self, world: Mock) -> None:
        while True:
            try:
                account = world.create_account()
            except MockError:
                return
            self.answered.append((account["id"], time.monotonic()))

    def join(self) -> None:
        for thread in self.threads:
            thread.join()


def stored(mock: MockProcess) -> set[str]:
    """The ids of the accounts of acme."""
    return {entry["account"]["id"] for entry in mock.client("acme").get_state()["accounts"]}


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("seed", range(2))
def test_nothing_answered_is_lost_by_a_kill_if_the_file_is_always_synced(seed: int, start: Start, file: Path) -> None:
    mock = start("--state-file", file, "--state-file-sync", "always")
    enough = random.Random(seed).randint(5, 60)
    writers = Writers(mock)
    until(lambda: len(writers.answered) >= enough, "the answers")
    mock.send(signal.SIGKILL)
    writers.join()

    assert {id for id, _ in writers.answered} - stored(start("--state-file", file)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_kill_loses_at_most_a_second_of_answers(seed: int, start: Start, file: Path) -> None:
    mock = start("--state-file", file)
    length = random.Random(seed).uniform(1.2, 3.0)
    writers = Writers(mock)
    until(lambda: bool(writers.answered), "the first answer")
    moment = writers.answered[0][1] + length
    until(lambda: time.monotonic() > moment, "the moment of the kill")
    killed = time.monotonic()
    mock.send(signal.SIGKILL)
    writers.join()

    old = {id for id, at in writers.answered if at < killed - 1}
    assert old
    assert old - stored(start("--state-file", file)) == set()


def test_what_a_killed_server_left_beside_the_file_is_removed(start: Start, file: Path, tmp_path: Path) -> None:
    left = tmp_path / "state.json.0123456789abcdef.new"
    left.write_bytes(b"half")
    ended(start("--state-file", file))

    assert not left.exists()


def test_changes_that_are_lost_at_the_end_are_an_error(start: Start, file: Path) -> None:
    mock = start("--state-file", file)
    limit = 20_000  # bytes: enough for the log, but not for a world
    resource.prlimit(mock.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    mock.client("acme").create_account()

    assert mock.send(signal.SIGTERM) == 1
    assert f"The last changes are lost: {file} cannot be written: File too large." in mock.stderr
    assert "Traceback" not in mock.stderr
    assert not file.exists()


def test_full_disk_that_is_emptied_loses_nothing(start: Start, file: Path) -> None:
    mock = start(*FROZEN, "--state-file", file)
    unlimited = resource.prlimit(mock.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(mock.process.pid, resource.RLIMIT_FSIZE, (20_000, unlimited[1]))
    state = lived_in(mock)
    until(lambda: "is not written: File too large" in mock.stderr, "the complaint")
    resource.prlimit(mock.process.pid, resource.RLIMIT_FSIZE, unlimited)
    ended(mock)

    assert state_in(file) == state
    assert mock.stderr.count("is not written") == 1
    assert "is written again" in mock.stderr


def test_end_during_a_save_waits_for_it(start: Start, file: Path) -> None:
    mock = start("--state-file", file)
    writers = Writers(mock)
    until(file.exists, "the first save")
    ended(mock)
    writers.join()

    assert {id for id, _ in writers.answered} - stored(start("--state-file", file)) == set()


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_regular_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "pipe" if kind == "pipe" else Path("/dev/full")
    if kind == "pipe":
        os.mkfifo(file)

    assert f"is a {kind}, not a regular file" in refusal(file, tmp_path)
    assert not file.with_name(f"{file.name}.lock").exists()


def test_planted_lock_is_refused(file: Path, tmp_path: Path) -> None:
    file.with_name("state.json.lock").symlink_to(tmp_path / "victim")

    assert "state.json.lock is a link" in refusal(file, tmp_path)
    assert not (tmp_path / "victim").exists()


def test_links_in_a_circle_are_refused(file: Path, tmp_path: Path) -> None:
    file.symlink_to(file)

    refusal(file, tmp_path)


def test_answers_wait_for_the_file_after_a_reload_as_well(start: Start, file: Path, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("seed: 1\n", encoding="utf-8")
    flags = ("--state-file", file, "--state-file-sync", "always", "--reload", "--world", world)
    mock = start(*FROZEN, *flags)
    world.write_text("seed: 22\n", encoding="utf-8")
    until(lambda: "Reloaded" in mock.stderr, "the reload")
    state = lived_in(mock)

    assert state_in(file) == state


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
    assert str(file) in sentence
    return sentence
