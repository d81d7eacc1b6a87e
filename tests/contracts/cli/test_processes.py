"""The commands as processes: start, end, interruption."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from tests.contracts.cli.commands import command_line
from tests.contracts.cli.targets import PATIENCE, stub
from tests.contracts.family.mock import Deployment
from tests.support.processes import environment
from tests.support.times import until

from postfuze_mock.client import Mock

ONE = ("--only", "health.unknown")


@contextmanager
def process(*arguments: str, cwd: Path, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `postfuze-contracts ARGUMENTS` as a process, at most until the end of the block."""
    with (cwd / "stdout").open("wb") as out, (cwd / "stderr").open("wb") as err:
        started = subprocess.Popen(
            command_line(*arguments), cwd=cwd, env=environment(extra=env), stdout=out, stderr=err
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def end(started: subprocess.Popen[bytes], folder: Path) -> tuple[int, str]:
    """The exit code and the output to stderr."""
    return started.wait(PATIENCE), (folder / "stderr").read_text(encoding="utf-8")


@pytest.mark.process(quick=True)
def test_run_as_a_process_writes_its_report(url: str, tmp_path: Path) -> None:
    arguments = ("run", "--url", url, *ONE, "--report", "json=run.json")
    with process(*arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_process"}) as started:
        assert end(started, tmp_path) == (0, "")
    assert json.loads((tmp_path / "run.json").read_text())["run"]["fault"] is None


@pytest.mark.process
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("list", "--json"), 0),
        (("explain", "get.unknown"), 0),
        (("init",), 0),
        (("diff", "http://a", "not-a-url"), 2),
        (("replay", "none.json"), 2),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_each_command_starts_and_ends(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    with process(*arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "k"}) as started:
        returned, errors = end(started, tmp_path)
    assert returned == code
    assert "Traceback" not in errors


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_reports_its_results_and_has_no_secret_in_its_arguments(
    number: signal.Signals, url: str, tmp_path: Path
) -> None:
    env = {"MINE": "sk_test_interrupted", "POSTFUZE_KEY_READ_ONLY": "sk_test_hush_readonly"}
    arguments = ("run", "--url", url, "--rate", "4", "--key-env", "MINE", "--report", "json=run.json")
    with process(*arguments, cwd=tmp_path, env=env) as started:
        until(lambda: (tmp_path / "stdout").stat().st_size > 0, "the first line", PATIENCE)
        assert "sk_test" not in " ".join(psutil.Process(started.pid).cmdline())
        started.send_signal(number)
        code, errors = end(started, tmp_path)
    assert code == 6
    assert "Traceback" not in errors
    assert f"cut off by {number.name}" in errors
    assert '"run.interrupted"' in (tmp_path / "run.json").read_text()
    assert "\nINCOMPLETE  " in (tmp_path / "stdout").read_text()


@pytest.mark.process
def test_interrupted_run_disconnects_what_it_connected(server: Deployment, tmp_path: Path) -> None:
    control = server.control_of("cut-off")
    tokens = [control.create_session("facebook", 3)["session_token"] for _ in range(9)]
    env = {"POSTFUZE_KEY": "sk_test_cut-off", "POSTFUZE_CONTRACTS_SESSIONS_FRESH": ",".join(tokens)}
    arguments = ("run", "--url", server.url, "--access", "full", "--only", "connect.shown-after", "--rate", "20")
    before = accounts(control)
    with process(*arguments, cwd=tmp_path, env=env) as started:
        until(lambda: accounts(control) > before, "an account that the run connected", PATIENCE)
        started.send_signal(signal.SIGINT)
        code, errors = end(started, tmp_path)
    assert (code, errors) == (6, "postfuze-contracts: cut off by SIGINT\n")
    assert accounts(control) == before


def accounts(control: Mock) -> set[str]:
    return {row["account"]["id"] for row in control.get_state()["accounts"] if not row.get("deleted")}


@pytest.mark.process
def test_second_interruption_ends_the_clean_up_and_says_what_is_left(server: Deployment, tmp_path: Path) -> None:
    control = server.control_of("cut-twice")
    tokens = [control.create_session("facebook", 3)["session_token"] for _ in range(9)]
    env = {"POSTFUZE_KEY": "sk_test_cut-twice", "POSTFUZE_CONTRACTS_SESSIONS_FRESH": ",".join(tokens)}
    arguments = ("run", "--url", server.url, "--access", "full", "--only", "connect.once", "--rate", "8")
    before = accounts(control)
    with process(*arguments, cwd=tmp_path, env=env) as started:
        until(lambda: len(accounts(control) - before) > 1, "accounts that the run connected", PATIENCE)
        started.send_signal(signal.SIGINT)
        until(lambda: "clean-up" in (tmp_path / "stdout").read_text(), "the clean-up", PATIENCE)
        started.send_signal(signal.SIGINT)
        code, errors = end(started, tmp_path)
    assert code == 6
    assert "which still exists: the clean-up was cut off by SIGINT" in errors


@pytest.mark.process
def test_interruption_during_a_wait_ends_the_run_at_once(tmp_path: Path) -> None:
    with (
        stub(429, headers={"Retry-After": "60"}) as target,
        process("run", "--url", target.url, cwd=tmp_path, env={"POSTFUZE_KEY": "k"}) as started,
    ):
        assert target.arrived.wait(PATIENCE)
        started.send_signal(signal.SIGINT)
        assert end(started, tmp_path) == (6, "postfuze-contracts: cut off by SIGINT\n")
