"""The engines that tests can run on: `--engine NAME` gives each server of a test an empty database of its own."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Final, Protocol

MEMORY: Final = "memory"
#: With `-workers`, servers that are processes have two workers; servers in a thread of the tests have one.
NAMES: Final = (MEMORY, "sqlite", "sqlite-workers", "postgresql", "postgresql-workers")


class Flags(Protocol):
    """Returns the flags of `serve` for a new database, unless the flags that are `given` choose an engine, or need the
    worlds in memory. With `processes`, the server may consist of several."""

    def __call__(self, *given: object, processes: bool = False) -> list[str]: ...


class Databases:
    """The databases of the engine `name`; those of SQLite are in `folder`, those of PostgreSQL in the `server`, and
    dropped when `stack` ends."""

    def __init__(self, name: str, folder: Path, server: str | None, stack: ExitStack) -> None:
        self._engine, _, workers = name.partition("-")
        self._has_workers = bool(workers)
        self._folder = folder
        self._server = server
        self._stack = stack
        self._numbers = count(1)

    def flags(self, *given: object, processes: bool = False) -> list[str]:
        """See `Flags`."""
        if self._engine == MEMORY or any(str(each).startswith(("--state", "--reload", "--workers")) for each in given):
            return []
        return ["--state", self._url(), *(["--workers", "2"] if processes and self._has_workers else [])]

    def _url(self) -> str:
        if self._engine == "sqlite":
            return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"
        from tests.support.postgres import database  # imports psycopg, which few tests need

        assert self._server is not None
        return self._stack.enter_context(database(self._server))
