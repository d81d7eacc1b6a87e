"""The comparison with other mocks: what it runs, and what its table shows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from benchmarks.peers.__main__ import HEAD, row
from benchmarks.peers.measure import EXAMPLE, KEPT, Peer, measure
from benchmarks.peers.programs import OURS, Given, Program
from tests.docs.examples import table
from tests.docs.pages import guide
from tests.support.processes import ROOT

EXAMPLES: Final = """
import http.server, socketserver

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (b'{"data": [{"id": ', b'"an example"}]}', b""):
            self.wfile.write(b"%x\\r\\n%b\\r\\n" % (len(part), part))

    def log_message(self, *_):
        pass

socketserver.ThreadingTCPServer.request_queue_size = 64
socketserver.ThreadingTCPServer(("127.0.0.1", PORT), Handler).serve_forever()
"""


@pytest.fixture(autouse=True)
def own_cores() -> Iterator[None]:
    """Measuring moves this process to one core."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    yield
    if cores:
        os.sched_setaffinity(0, cores)


def examples(_given: Given, port: int) -> list[str]:
    return [sys.executable, "-c", EXAMPLES.replace("PORT", str(port))]


def broken(_given: Given, _port: int) -> list[str]:
    return [sys.executable, "-c", "raise SystemExit('the file | is odd')"]


@pytest.mark.process(quick=True)
def test_each_is_measured_and_one_that_does_not_start_is_told(tmp_path: Path) -> None:
    programs = [OURS, Program("examples", None, examples), Program("broken", None, broken)]
    ours, example, odd = measure(programs, tmp_path, rounds=1, seconds=0.02)

    assert ours.answers == KEPT
    assert example.answers == EXAMPLE
    for peer in (ours, example):
        assert peer.failure == ""
        assert min(peer.starts) > 0
        assert min(peer.idle, peer.loaded) > 5
        assert all(rate > 0 for rate, _ in peer.medians())
    assert odd.failure == "did not start: the file | is odd"
    assert list(tmp_path.iterdir()) == [], "its files are gone"


@pytest.mark.packaging
@pytest.mark.slow
def test_other_mocks_answer_as_the_guide_says() -> None:
    done = subprocess.run(["scripts/bench_peers", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    measured = table(f"\n{done.stdout}", f"| {HEAD[0]} |")

    documented = guide("other-mocks").table(f"| {HEAD[0]} |")
    assert [cells[:2] for cells in measured] == [cells[:2] for cells in documented]


def test_a_row_has_the_median_start_and_rates_with_their_cost() -> None:
    samples = [[(100.0, 5.0), (1234.0, 80.6), (9000.0, 90.0)], [(10.0, 7.0)], [(20.0, 9.0)]]
    peer = Peer(OURS, starts=[0.3, 2.0, 0.1], idle=55.4, loaded=60.6, samples=samples, answers=KEPT)

    assert dict(zip(HEAD, row(peer), strict=True)) == {
        "mock": "postfuze-mock",
        "answers with": KEPT,
        "start": "0.30 s",
        "list of one": "1,234 (81 µs)",
        "page of ten": "10 (7 µs)",
        "one account": "20 (9 µs)",
        "memory, idle": "55 MB",
        "after load": "61 MB",
    }


def test_a_failure_takes_the_place_of_figures_and_does_not_break_the_table() -> None:
    cells = row(Peer(OURS, failure="did not start: a | b"))

    assert cells[:2] == ["postfuze-mock", r"did not start: a \| b"]
    assert cells[2:] == ["–"] * (len(HEAD) - 2)
