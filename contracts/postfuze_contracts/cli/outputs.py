"""The outputs of a run: its reports, and remarks on stderr."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from postfuze_contracts.config import ConfigError, pins_file
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.model.conclusion import conclude
from postfuze_contracts.model.events import Event, RunFinished
from postfuze_contracts.model.options import Options, Waiver
from postfuze_contracts.model.verdicts import Outcome
from postfuze_contracts.reports import FORMATS, reporters
from postfuze_contracts.reports.masking import Masker


class Outputs:
    """All reporters of a run. They see only masked events."""

    def __init__(self, files: dict[str, Path], *, show_bodies: bool, strict: bool) -> None:
        self._masker = Masker(show_bodies=show_bodies)
        self._reporters = reporters(files, masker=self._masker, strict=strict)

    def handle(self, event: Event) -> None:
        """Pass `event` to all reporters."""
        for reporter in self._reporters:
            reporter.handle(event)

    def masked(self, finished: RunFinished) -> RunFinished:
        """The end of the run as the reporters saw it."""
        event = self._masker.event(finished)
        assert isinstance(event, RunFinished)
        return event


def files(flags: Sequence[str]) -> dict[str, Path]:
    """The files of `FORMAT=PATH` flags, by format. Raises ConfigError, also if a file cannot be written."""
    paths: dict[str, Path] = {}
    for flag in flags:
        name, equals, path = flag.partition("=")
        if not equals or not path:
            raise ConfigError(f"--report {flag}: must be FORMAT=PATH, such as json=contracts.json")
        if name not in FORMATS:
            raise ConfigError(f"--report {flag}: there is no format {name}{did_you_mean(name, FORMATS)}")
        if name in paths:
            raise ConfigError(f"--report {name} is set twice")
        paths[name] = _writable(Path(path), flag)
    return paths


def remarks(options: Options, finished: RunFinished, today: date | None = None) -> Iterator[str]:
    """What to say on stderr: why the run does not pass, unless statements failed; needless waivers; accounts left."""
    for reason in conclude(options, finished, today).reasons:
        if reason.word != "FAIL":
            yield reason.sentence
    for waiver in _needless(options, finished, today or date.today()):
        yield f"warning: {waiver.statement} passes; its waiver (owner: {waiver.owner}) is no longer needed"
    for id, change in {change.id: change for change in finished.ledger if change.stands}.items():
        yield f"warning: the run connected {id}, which still exists: {change.why or 'it was left'}"


def pin(path: Path, options: Options, finished: RunFinished) -> None:
    """Write what the run observed to an assumptions file. Raises ConfigError."""
    url = urlsplit(options.url)
    target = url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()
    try:
        path.write_text(pins_file.render(finished.observations, target, date.today()), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from None


def _needless(options: Options, finished: RunFinished, today: date) -> Iterator[Waiver]:
    passes = {each.statement for each in finished.verdicts if each.outcome is Outcome.PASS}
    yield from (each for each in options.waivers if each.expires >= today and each.statement in passes)


def _writable(path: Path, flag: str) -> Path:
    """`path`, if a file can be written there, possibly in new folders."""
    if path.is_dir():
        raise ConfigError(f"--report {flag}: cannot write {path}: it is a folder")
    nearest = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not os.access(nearest, os.W_OK) or (nearest != path and not nearest.is_dir()):
        raise ConfigError(f"--report {flag}: cannot write {path}: {nearest} is not writable")
    return path
