"""Measures the mock and prints a table: `make bench`, `make bench ARGS=--quick`, `make bench-large`.

Timings are not a test: the exit code is 1 only if something could not run. On a busy machine, trust CPU times and
ratios more than rates.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator

from benchmarks import servers
from benchmarks.load import LoadError
from benchmarks.report import Line, head
from benchmarks.startup import memory, startup
from benchmarks.steering import steering
from benchmarks.throughput import throughput
from benchmarks.world_sizes import SIZES, creation, page_costs


def main() -> int:
    """Run every measure in turn."""
    options = _options()
    python = f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}"
    print(f"{python}; {servers.cores()}; load average before: {os.getloadavg()[0]:.1f}")
    try:
        for table in _tables(options.quick, options.large):
            for line in table:
                print(line, flush=True)
    except (servers.ServerError, LoadError, OSError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 1
    return 0


def _tables(quick: bool, large: bool) -> Iterator[Iterable[Line | str]]:
    rounds, seconds = (1, 0.5) if quick else (15, 0.7)
    yield [head("mock", "Starlette", "hello")]
    yield throughput(rounds, seconds)
    yield [head("mock", "unsteered")]
    yield steering(rounds, seconds)
    yield [head("mock", "Starlette", "hello")]
    yield startup(3 if quick else 7)
    yield memory()
    sizes = SIZES if large else SIZES[:-1]
    yield [head(*(f"{size:,}" for size in sizes))]
    yield page_costs(sizes, rounds, seconds / 2)
    if large:
        yield [head("mock")]
        yield creation(sizes[-1])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short, rough round, in under a minute")
    parser.add_argument("--large", action="store_true", help="also measure a world of a million accounts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
