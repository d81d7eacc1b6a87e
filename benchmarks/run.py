"""Measures the mock and prints tables: `make bench`, `make bench ARGS=--quick`, `make bench-large`.

`--engines` is the part about the engines; `--write docs/scaling.md` writes that part into the guide.

Timings are not a test: the exit code is 1 only if something could not run. On a busy machine, trust CPU times and
ratios more than rates.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support import figures

from benchmarks import engines, servers, states
from benchmarks.load import LoadError
from benchmarks.report import Line, head, head_cells
from benchmarks.stages import stages
from benchmarks.startup import memory, startup
from benchmarks.steering import steering
from benchmarks.throughput import throughput
from benchmarks.world_sizes import SIZES, changed, creation, page_costs


class Table(NamedTuple):
    """The names of its value columns, and its lines, which are measured when they are asked for."""

    columns: tuple[str, ...]
    lines: Iterable[Line]

    def print(self) -> figures.Table:
        """Print each line as soon as it is measured. The same as cells, without empty columns."""
        print(head(*self.columns))
        rows = []
        for line in self.lines:
            print(line, flush=True)
            rows.append(line.cells())
        heads = head_cells(*self.columns)
        used = [number for number, name in enumerate(heads) if name or not number]
        return [heads[number] for number in used], [[row[number] for number in used] for row in rows]


def main() -> int:
    """Run every measure in turn."""
    options = _options()
    python = f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}"
    print(f"{python}; {servers.cores()}; load average before: {os.getloadavg()[0]:.1f}")
    try:
        if not options.engines:
            for table in _tables(options.quick, options.large):
                table.print()
        written = [table.print() for table in _engines(options.quick, options.large)]
    except (servers.ServerError, LoadError, OSError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 1
    if options.write is not None:
        figures.write_tables(options.write, "make bench", written)
    return 0


def _tables(quick: bool, large: bool) -> Iterator[Table]:
    rounds, seconds = (1, 0.5) if quick else (15, 0.7)
    bare = ("mock", "Starlette", "hello")
    yield Table(bare, throughput(rounds, seconds))
    yield Table(("mock", "unsteered"), steering(rounds, seconds))
    yield Table(("get", "page of ten"), stages(20 if quick else 400))
    yield Table(bare, startup(3 if quick else 7))
    yield Table(bare, memory())
    sizes = SIZES if large else SIZES[:-1]
    yield Table(_sizes(sizes), page_costs(sizes, rounds, seconds / 2))
    yield Table(("mock",), changed(10_000 if large else 1000))
    if large:
        yield Table(("mock",), creation(sizes[-1]))


def _engines(quick: bool, large: bool) -> Iterator[Table]:
    rounds, seconds = (1, 0.5) if quick else (9, 0.7)
    sizes = SIZES if large else SIZES[:-1]
    with states.engines() as found:
        yield Table(tuple(engine.name for engine in found), engines.speed(found, rounds, seconds))
        for engine in found[1:]:
            yield Table(("1 worker", "2 workers"), engines.workers(engine, rounds, seconds))
        for engine in found[1:]:
            yield Table(_sizes(sizes), engines.page_times(engine, sizes, rounds))


def _sizes(sizes: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{size:,}" for size in sizes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short, rough round")
    parser.add_argument("--large", action="store_true", help="also measure worlds of a million accounts")
    parser.add_argument("--engines", action="store_true", help="only compare the engines")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write what the engines came to into this guide")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
