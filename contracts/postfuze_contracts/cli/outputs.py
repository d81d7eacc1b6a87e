"""The outputs of a run: its reports, and remarks on stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from postfuze_contracts.cli.exit_codes import log, show_traceback
from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.config.pins_file import PinsFile
from postfuze_contracts.config.sources import spelling
from postfuze_contracts.model.conclusion import conclude
from postfuze_contracts.model.events import Event, RunFinished
from postfuze_contracts.model.options import Options, Waiver
from postfuze_contracts.model.verdicts import Outcome
from postfuze_contracts.reports import FORMATS, reporters
from postfuze_contracts.reports.masking import Masker

_TARGET_FLAGS: Final = ("config", "assume_file", "url", "key_env", "proxy", "ca_bundle", "access", "profile", "seed")


class Outputs:
    """All reporters of a run. They see only masked events."""

    def __init__(self, options: Options, arguments: argparse.Namespace) -> None:
        """Raises ConfigError if a report cannot be written."""
        self._options = options
        self._debug: bool = arguments.debug
        self._masker = Masker(show_bodies=arguments.show_bodies)
        pin = arguments.pin
        self._pins = PinsFile(_writable(Path(pin), f"--pin {pin}")) if pin else None
        self._notes: list[tuple[str, str]] = []
        self._reporters = reporters(
            files(arguments.report),
            masker=self._masker,
            strict=options.strict,
            flags=target_flags(arguments),
            notes=self._notes,
        )

    def handle(self, event: Event) -> None:
        """Pass `event` to all reporters. What they do not say comes first, so that nothing follows the last lines of
        the terminal."""
        if isinstance(event, RunFinished):
            masked = self._masker.event(event)
            assert isinstance(masked, RunFinished)
            for remark in remarks(self._options, masked):
                log(remark)
            for traceback in masked.tracebacks if self._debug else ():
                show_traceback(traceback)
            self._pin(masked)
        for reporter in self._reporters:
            reporter.handle(event)

    def _pin(self, finished: RunFinished) -> None:
        """Write what the run observed, and note what that changed."""
        if self._pins is not None:
            url = urlsplit(self._options.url)
            target = url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()
            self._pins.write(finished.observations, target, date.today())
            self._notes += self._pins.notes


def target_flags(arguments: argparse.Namespace) -> list[str]:
    """The flags of the command line that another command needs to reach the same target in the same way."""
    flags = ((flag, getattr(arguments, flag)) for flag in _TARGET_FLAGS)
    words = [word for flag, value in flags if value is not None for word in (spelling(flag), str(value))]
    return [*words, *(["--allow-writes"] if arguments.allow_writes else [])]


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
        paths[name] = _writable(Path(path), f"--report {flag}")
    return paths


def remarks(options: Options, finished: RunFinished, today: date | None = None) -> Iterator[str]:
    """What to say on stderr: why the run does not pass, unless statements failed; needless waivers; accounts left. The
    report on a terminal says the first too, so it is left out if both go there."""
    for reason in conclude(options, finished, today).reasons:
        if reason.word != "FAIL" and not (sys.stdout.isatty() and sys.stderr.isatty()):
            yield reason.sentence
    for waiver in _needless(options, finished, today or date.today()):
        yield f"warning: {waiver.statement} passes; its waiver (owner: {waiver.owner}) is no longer needed"
    for id, change in {change.id: change for change in finished.ledger if change.stands}.items():
        yield f"warning: the run connected {id}, which still exists: {change.why or 'it was left'}"


def _needless(options: Options, finished: RunFinished, today: date) -> Iterator[Waiver]:
    passes = {each.statement for each in finished.verdicts if each.outcome is Outcome.PASS}
    yield from (each for each in options.waivers if each.expires >= today and each.statement in passes)


def _writable(path: Path, flag: str) -> Path:
    """`path`, if a file can be written there, possibly in new folders."""
    if path.is_dir():
        raise ConfigError(f"{flag}: cannot write {path}: it is a folder")
    nearest = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not os.access(nearest, os.W_OK) or (nearest != path and not nearest.is_dir()):
        raise ConfigError(f"{flag}: cannot write {path}: {nearest} is not writable")
    return path
