"""`postfuze-mock exec`: signals reach the command, and nothing stays behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import Final

import pytest
from tests.e2e.exec.conftest import Exec, Running, are_gone, python
from tests.support.times import seconds, until

Start = Callable[..., Running]
#: Prints the signals that it gets, and ends with the code 7 after SIGUSR1.
TELL: Final = """
def tell(number, frame):
    print(signal.Signals(number).name, flush=True)
    if number == signal.SIGUSR1:
        sys.exit(7)

for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"):
    if name not in sys.argv:
        signal.signal(getattr(signal, name), tell)
print("ready", flush=True)
while True:
    signal.pause()
"""
KILL_THE_MOCK: Final = """
import psutil
mock = next(each for each in psutil.Process(os.getppid()).children() if each.pid != os.getpid())
mock.kill()
while mock.status() != psutil.STATUS_ZOMBIE:
    time.sleep(0.01)
sys.exit(%d)
"""


@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR2"])
def test_signal_reaches_the_command_once_and_its_code_counts(background: Start, name: str) -> None:
    running = background(python(TELL))
    running.wait_for("ready")
    processes = running.processes
    running.process.send_signal(getattr(signal, name))
    running.wait_for(name)
    running.process.send_signal(signal.SIGUSR1)  # a second one of the first would come before it

    assert running.process.wait(seconds(20.0)) == 7
    assert running.stdout.split() == ["ready", name, "SIGUSR1"]
    assert are_gone(processes)


def test_command_that_a_signal_ends_gives_128_more(background: Start) -> None:
    running = background(["sh", "-c", "echo ready; exec sleep 600"])
    running.wait_for("ready")
    processes = running.processes
    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(seconds(20.0)) == 143
    assert are_gone(processes)


def test_signal_before_the_command_runs_ends_exec(background: Start) -> None:
    running = background(["sleep", "600"])
    until(lambda: bool(running.processes), "the mock")
    processes = running.processes
    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(seconds(20.0)) == 143
    until(lambda: are_gone(processes), "the end of the mock")
    assert "Traceback" not in running.stderr


def test_ignored_signal_stays_ignored(background: Start) -> None:
    """As under nohup."""
    running = background([*python(TELL), "SIGHUP"], before="trap '' HUP")
    running.wait_for("ready")
    running.process.send_signal(signal.SIGHUP)
    running.process.send_signal(signal.SIGUSR1)

    assert running.process.wait(seconds(20.0)) == 7
    assert running.stdout.split() == ["ready", "SIGUSR1"]


@pytest.mark.process(quick=True)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_killed_exec_leaves_nothing_behind(background: Start) -> None:
    running = background(["sh", "-c", "echo ready; exec sleep 600"])
    running.wait_for("ready")
    processes = running.processes
    assert len(processes) == 2
    running.process.kill()

    until(lambda: are_gone(processes), "the end of the mock and the command")


@pytest.mark.parametrize(("code", "result"), [(0, 125), (3, 3)])
def test_crash_of_the_mock_is_told_with_its_log(execute: Exec, code: int, result: int) -> None:
    done = execute(command=python("call('/social-accounts', 'sk_test_acme')" + KILL_THE_MOCK % code))

    assert done.returncode == result
    assert "postfuze-mock: the mock failed: it ended with exit code -9:\n" in done.stderr
    assert "New world acme" in done.stderr
    assert "Traceback" not in done.stderr
