"""What `--state` says: which engine keeps the worlds, and where. Its credentials appear nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

EngineName = Literal["memory", "sqlite", "postgresql"]

MEMORY: Final = "memory"
_MAX: Final = 4096  # characters
_SQLITE: Final = re.compile(r"sqlite:///(?P<path>[^?#\0]+)")
# As libpq reads it. What has a meaning of its own must be percent-encoded, or the password might pass for a host.
_POSTGRESQL: Final = re.compile(
    r"postgres(?:ql)?://(?:[^/?#@\s\0]*@)?(?P<hosts>[\w.:,%\[\]-]*)(?P<database>/[^/?#@\s\0]*)?(?:\?[^#@\s\0]*)?",
    re.ASCII,
)


@dataclass(frozen=True)
class StateUrl:
    """Where the worlds are: with `sqlite` in the file `path`, with `postgresql` where `dsn` says, which may contain a
    password. `masked` is the same without credentials, for people."""

    engine: EngineName
    masked: str
    path: Path | None = None
    dsn: str | None = field(default=None, repr=False)

    @property
    def is_shared(self) -> bool:
        """Whether several processes may use the same worlds."""
        return self.engine != MEMORY


def parse(text: str) -> StateUrl:
    """The meaning of `text`: `memory`, `sqlite:///FILE` (four slashes for an absolute path), or
    `postgresql://USER:PASSWORD@HOST:PORT/DATABASE` (also `postgres://`). Raises ValueError, with the end of a sentence
    that does not quote `text`."""
    scheme = text.partition("://")[0]
    if len(text) > _MAX:
        raise ValueError(f"must have at most {_MAX} characters")
    if text == MEMORY:
        return StateUrl(MEMORY, MEMORY)
    if scheme == "sqlite":
        return _sqlite(text)
    if scheme in ("postgresql", "postgres"):
        return _postgresql(text)
    raise ValueError("must be memory, sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE")


def _sqlite(text: str) -> StateUrl:
    match = _SQLITE.fullmatch(text)
    if match is None or match["path"].endswith("/"):
        raise ValueError(
            "must name a file, as in sqlite:///worlds.db or, with an absolute path, sqlite:////var/lib/worlds.db"
        )
    if match["path"] == ":memory:":
        raise ValueError("must name a file; without one, it is memory")
    return StateUrl("sqlite", text, path=Path(match["path"]))


def _postgresql(text: str) -> StateUrl:
    match = _POSTGRESQL.fullmatch(text)
    if match is None:
        raise ValueError(
            "must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password "
            "percent-encoded (%40 for @, %2F for /, %3F for ?, %23 for #)"
        )
    rest = text.partition("://")[2]
    return StateUrl("postgresql", f"postgresql://{match['hosts']}{match['database'] or ''}", dsn=f"postgresql://{rest}")
