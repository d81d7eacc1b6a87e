"""Where a run is reported: on the terminal, and in the files that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.problems import hint
from postfuze_contracts.events import Event, RunFinished

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


def handler(files: dict[str, Path], *, show_bodies: bool, strict: bool) -> Callable[[Event], None]:
    """What gives an event to all reporters."""
    try:
        from postfuze_contracts.reports import reporters  # late, see FORMATS
    except ImportError:
        return _plain
    readers = reporters(files, show_bodies=show_bodies, strict=strict)

    def handle(event: Event) -> None:
        for reader in readers:
            reader.handle(event)

    return handle


def _writable(path: Path, flag: str) -> Path:
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise ConfigError(f"--report {flag}: cannot write {path}: {error.strerror}") from None
    return path


def _plain(event: Event) -> None:
    if isinstance(event, RunFinished):
        for verdict in event.verdicts:
            print(verdict.outcome, verdict.statement, verdict.judged, verdict.reason)
