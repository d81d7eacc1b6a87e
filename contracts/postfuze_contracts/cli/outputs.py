"""Where a run is reported: on the terminal, and in the files that were asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.problems import hint
from postfuze_contracts.model.events import Event, RunFinished

FORMATS = ("json", "junit", "markdown", "html", "sarif")  # here too, for reports/ is slow to import


def paths(asked: Sequence[str]) -> dict[str, Path]:
    """The files of `FORMAT=PATH` flags. Raises ConfigError, also where a file could not be written after the run."""
    found: dict[str, Path] = {}
    for each in asked:
        name, equals, path = each.partition("=")
        if not equals or not path:
            raise ConfigError(f"--report {each}: must be FORMAT=PATH, such as json=contracts.json")
        if name not in FORMATS:
            raise ConfigError(f"--report {each}: there is no format {name}{hint(name, FORMATS)}")
        if name in found:
            raise ConfigError(f"--report {name} was given twice")
        found[name] = _writable(Path(path), each)
    return found


class Outputs:
    """All reporters of a run, which see what is masked alone."""

    def __init__(self, files: dict[str, Path], *, show_bodies: bool, strict: bool) -> None:
        from postfuze_contracts.reports import Masker, reporters  # late, see FORMATS

        self._masker = Masker(show_bodies=show_bodies)
        self._readers = reporters(files, masker=self._masker, strict=strict)

    def handle(self, event: Event) -> None:
        """Give `event` to all of them."""
        for reader in self._readers:
            reader.handle(event)

    def masked(self, finished: RunFinished) -> RunFinished:
        """The end of the run as they saw it."""
        event = self._masker.event(finished)
        assert isinstance(event, RunFinished)
        return event


def _writable(path: Path, flag: str) -> Path:
    """`path`, if it can become a file; folders that are missing are made with it."""
    if path.is_dir():
        raise ConfigError(f"--report {flag}: cannot write {path}: it is a folder")
    nearest = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not os.access(nearest, os.W_OK) or (nearest != path and not nearest.is_dir()):
        raise ConfigError(f"--report {flag}: cannot write {path}: {nearest} does not allow it")
    return path
