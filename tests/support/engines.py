"""The engines that tests can run on: `--engine NAME` gives each server of a test an empty database of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Final

MEMORY: Final = "memory"
#: Those with several processes need servers that are processes; servers in a thread of the tests have one.
NAMES: Final = (MEMORY, "sqlite", "sqlite-workers")
_numbers: Final = count(1)


def flags(engine: str, folder: Path, given: Sequence[object] = (), *, processes: bool = False) -> list[str]:
    """The flags of `serve` for a new database of `engine`, unless the flags that are `given` choose one, or save the
    worlds in memory. With `processes` the server may consist of several."""
    texts = [str(each) for each in given]
    if engine == MEMORY or any(each.startswith(("--state", "--reload", "--workers")) for each in texts):
        return []
    workers = ["--workers", "2"] if processes and engine.endswith("-workers") else []
    return ["--state", f"sqlite:///{folder / f'{next(_numbers)}.db'}", *workers]


Flags = Callable[..., list[str]]
