"""Compares our mock with others: `make bench-peers` writes the table of docs/other-mocks.md.

All run on one core, under the same load from another.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from tests.support import figures

from benchmarks.load import LoadError
from benchmarks.peers.measure import Peer, measure
from benchmarks.peers.programs import FOLDER, OURS, PROGRAMS
from benchmarks.servers import ServerError, cores

PAGE: Final = Path("docs/other-mocks.md")
HEAD: Final = (
    "mock",
    "answers with",
    "start",
    "list of one",
    "page of ten",
    "one account",
    "memory, idle",
    "after load",
)


def main() -> int:
    """Measure, print the table, and write it unless it is a part or rough."""
    options = _options()
    programs = [program for program in PROGRAMS if program is OURS or options.only in (None, program.name)]
    rounds, seconds = (1, 0.3) if options.quick else (7, 1.0)
    print(f"{cores()}; load average before: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        rows = [row(peer) for peer in measure(programs, FOLDER, rounds, seconds)]
    except (ServerError, LoadError, OSError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 1
    print(figures.table(HEAD, rows), end="")
    if not options.quick and options.only is None:
        figures.write(PAGE, "make bench-peers", HEAD, rows)
    return 0


def row(peer: Peer) -> list[str]:
    """The cells of one mock: a call is requests per second and µs of CPU time for one; the start is a median."""
    if peer.failure:
        return [peer.program.title(), peer.failure.replace("|", "\\|"), *["–"] * (len(HEAD) - 2)]
    start = sorted(peer.starts)[len(peer.starts) // 2]
    calls = [f"{rate:,.0f} ({cost:,.0f} µs)" for rate, cost in peer.medians()]
    memory = [f"{megabytes:.0f} MB" for megabytes in (peer.idle, peer.loaded)]
    return [peer.program.title(), peer.answers, f"{start:.2f} s", *calls, *memory]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short, rough round, only printed")
    names = [program.name for program in PROGRAMS]
    parser.add_argument("--only", choices=names, metavar="NAME", help=f"ours and this one, only printed: {names}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
