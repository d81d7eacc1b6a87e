"""`serve --workers`: several processes at one address, which look like one."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil
import pytest
from tests.support.metrics import scrape
from tests.support.processes import EXECUTABLE, MockProcess, command
from tests.support.times import seconds, until

import postfuze_mock

FLAGS: Final = ("--workers", "2", "--state", "sqlite:///worlds.db")
WORLD: Final = "keys: [{key: sk_live_secret, world: acme}]\n"


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[MockProcess]:
    """A server with two workers, which a pipe as its stdin may end."""
    (tmp_path / "worlds.yaml").write_text(WORLD, encoding="utf-8")
    flags = ("--world", "worlds.yaml", "--exit-on-stdin-close")
    process = MockProcess(*FLAGS, *flags, folder=tmp_path, stdin=subprocess.PIPE)
    yield process
    process.stop()


def workers(mock: MockProcess) -> list[psutil.Process]:
    """The processes that serve `mock`, by their ids."""
    children = psutil.Process(mock.process.pid).children()
    return sorted((each for each in children if "--multiprocessing-fork" in each.cmdline()), key=lambda each: each.pid)


def serving(mock: MockProcess, connections: int) -> Counter[int]:
    """Which processes have how many of so many `connections`."""
    address = urlsplit(mock.url)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection((address.hostname, address.port))) for _ in range(connections)
        ]
        for client in clients:
            client.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
        ports = {client.getsockname()[1] for client in clients}
        return Counter(
            worker.pid
            for worker in workers(mock)
            for each in worker.net_connections("tcp")
            if getattr(each.raddr, "port", None) in ports
        )


@pytest.mark.process(quick=True)
def test_output_is_that_of_one_process(mock: MockProcess) -> None:
    assert re.fullmatch(r"postfuze-mock ready at http://127\.0\.0\.1:[1-9][0-9]*\n", mock.stdout)
    assert mock.stderr.count("Ctrl-C ends it.") == 1
    assert "sk_live_acme " in mock.stderr


@pytest.mark.process(quick=True)
def test_closed_stdin_ends_all_processes_in_good_order(mock: MockProcess) -> None:
    processes = workers(mock)
    assert len(processes) == 2

    assert mock.close_stdin() == 0
    assert [each for each in processes if each.is_running()] == []
    assert "Traceback" not in mock.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_all_processes_in_good_order(mock: MockProcess, ending: signal.Signals) -> None:
    processes = workers(mock)
    connection = mock.caller("sk_test_acme")
    assert connection.get("/social-accounts").status == 200  # and stays open

    assert mock.send(ending) == 0
    assert [each for each in processes if each.is_running()] == []
    assert "Traceback" not in mock.stderr


def test_ctrl_c_reaches_all_processes_and_ends_them_in_good_order(mock: MockProcess) -> None:
    processes = workers(mock)
    os.killpg(mock.process.pid, signal.SIGINT)

    assert mock.process.wait(seconds(20)) == 0
    assert [each for each in processes if each.is_running()] == []
    assert mock.stderr.partition("Ctrl-C ends it.")[2].strip() == ""


def test_health_tells_of_the_database_and_of_the_workers(mock: MockProcess) -> None:
    client = mock.client("acme")
    until(lambda: client.get_mock_health()["workers"] == 2, "both workers")
    health = client.get_mock_health()

    assert (health["state"], health["pool"]) == ("sqlite", None)
    assert health["latency_ms"] > 0


def test_connections_are_spread_over_the_workers(mock: MockProcess) -> None:
    served = serving(mock, 32)

    assert sum(served.values()) == 32
    assert set(served) == {each.pid for each in workers(mock)}


@pytest.mark.parametrize(
    ("ending", "words"), [(signal.SIGKILL, "was killed by signal 9"), (signal.SIGTERM, "ended with exit code 0")]
)
def test_worker_that_ends_is_replaced(mock: MockProcess, ending: signal.Signals, words: str) -> None:
    lost, kept = workers(mock)
    lost.send_signal(ending)
    until(lambda: f"A worker {words}; another takes its place." in mock.stderr, "the line of the log")

    served = serving(mock, 32)  # waits for the new one
    assert len(served) == 2
    assert kept.pid in served
    assert lost.pid not in served
    assert mock.stdout.count("ready") == 1


def test_workers_do_not_outlive_a_killed_supervisor(mock: MockProcess) -> None:
    processes = workers(mock)
    mock.process.kill()

    gone, alive = psutil.wait_procs(processes, timeout=seconds(20))
    assert (len(gone), alive) == (2, [])
    assert "Traceback" not in mock.stderr


def test_busy_port_is_refused_although_workers_share_theirs(mock: MockProcess, tmp_path: Path) -> None:
    result = command("serve", *FLAGS, "--port", str(urlsplit(mock.url).port), cwd=tmp_path)

    assert result.returncode == 1
    assert b"cannot listen on 127.0.0.1" in result.stderr


@pytest.mark.parametrize(
    ("flags", "code"),
    [(("--clock", "noon"), 2), (("--world", "broken.yaml"), 1), (("--world", "missing.yaml"), 2)],
    ids=["a setting", "a world file", "no world file"],
)
def test_what_keeps_workers_from_starting_is_said_as_by_one_process(
    flags: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("generate: {x: many}\nseeds: 1\n", encoding="utf-8")
    one = command("serve", "--port", "0", *flags, cwd=tmp_path)
    several = command("serve", "--port", "0", *FLAGS, *flags, cwd=tmp_path)

    assert (several.returncode, several.stderr, several.stdout) == (code, one.stderr, b"")


def test_control_port_is_served_by_all_workers(tmp_path: Path) -> None:
    mock = MockProcess(*FLAGS, "--control-port", "0", folder=tmp_path)
    try:
        url = re.findall(r"Console +(http://\S+)/_mock/", mock.stderr)[0]
        statuses = {mock.caller(None, url).call("GET", "/_mock/clock").status for _ in range(16)}
        assert statuses == {200}
    finally:
        mock.stop()


def test_world_file_cannot_be_stdin(tmp_path: Path) -> None:
    result = command("serve", "--port", "0", *FLAGS, "--world", "/dev/stdin", cwd=tmp_path)

    assert result.returncode == 2
    assert b"the world file cannot be stdin (/dev/stdin) with --workers" in result.stderr


@pytest.mark.slow
def test_supervisor_gives_up_on_workers_that_cannot_start(mock: MockProcess, tmp_path: Path) -> None:
    (tmp_path / "worlds.yaml").write_text("broken", encoding="utf-8")
    workers(mock)[0].kill()

    assert mock.process.wait(seconds(60)) == 1
    assert "A worker ended 9 times in a row before it was ready: the server ends." in mock.stderr


@pytest.mark.skipif(EXECUTABLE is not None, reason="the executable has no library for metrics")
def test_any_worker_tells_the_metrics_of_all(tmp_path: Path) -> None:
    mock = MockProcess(*FLAGS, "--metrics", folder=tmp_path)
    try:
        assert sum(serving(mock, 32).values()) == 32
        lost = workers(mock)[0]
        before = [scrape(mock.caller(None)) for _ in range(8)]  # each on a connection of its own
        lost.kill()
        until(lambda: "another takes its place" in mock.stderr, "the line of the log")
        serving(mock, 32)
        after = scrape(mock.caller(None))
    finally:
        mock.stop()

    assert {each["requests_total{operation=getServiceHealth,status=200}"] for each in before} == {32}
    assert after["requests_total{operation=getServiceHealth,status=200}"] == 64
    assert after["engine_up"] == 1
    assert [key for key in after if key.startswith("resident_memory")].count(
        f"resident_memory_bytes{{pid={lost.pid}}}"
    ) == 0


def test_log_of_all_processes_has_one_format(tmp_path: Path) -> None:
    mock = MockProcess(*FLAGS, "--log-format", "json", folder=tmp_path)
    try:
        mock.caller("sk_test_acme").get("/social-accounts")
        workers(mock)[0].kill()
        until(lambda: "another takes its place" in mock.stderr, "the line of the log")
    finally:
        mock.stop()

    messages = [json.loads(line)["message"] for line in mock.stderr.splitlines()]
    assert messages[0].startswith("Ready at http://127.0.0.1:")
    assert len([each for each in messages if each.startswith("New world acme")]) == 1


def test_client_starts_workers_without_showing_where_their_worlds_are(tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path}/worlds.db"
    with postfuze_mock.running(workers=2, state=state) as mock:
        until(lambda: mock.get_mock_health()["workers"] == 2, "both workers")
        supervisor = next(each for each in psutil.Process().children() if "--workers=2" in each.cmdline())

        assert mock.get_mock_health()["state"] == "sqlite"
        assert [word for word in supervisor.cmdline() if "sqlite" in word] == []
