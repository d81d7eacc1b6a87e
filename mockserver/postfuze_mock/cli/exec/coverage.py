"""`--coverage` and `--coverage-fail-under`: what the command met of what the mock can show it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from postfuze_mock.cli import coverage
from postfuze_mock.cli.exec.report import Report
from postfuze_mock.cli.exec.words import say
from postfuze_mock.client import Mock, MockError
from postfuze_mock.client.fields import Json
from postfuze_mock.settings import SettingsError


def check(reports: Sequence[Report]) -> None:
    """Refuse a report that has no folder, before the command runs. Raises SettingsError."""
    for report in reports:
        if report.path is not None and (not Path(report.path).parent.is_dir() or Path(report.path).is_dir()):
            raise SettingsError(f"--coverage {report} cannot be written: there is no such folder")


def conclude(mock: Mock, reports: Sequence[Report], fail_under: float | None) -> bool:
    """Write the reports; whether they could be written, and enough was met."""
    try:
        document = mock.get_coverage()
    except MockError as error:
        say(f"the coverage cannot be read: {error.detail}")
        return False
    written = [_write(report, document) for report in reports]
    shortfall = None if fail_under is None else coverage.shortfall(document, fail_under)
    if shortfall is not None:
        say(shortfall)
    return all(written) and shortfall is None


def _write(report: Report, document: Json) -> bool:
    try:
        if report.path is None:
            print(_text(report, document), end="", file=sys.stderr, flush=True)
        else:
            Path(report.path).write_text(_text(report, document), encoding="utf-8")
    except OSError as error:
        say(f"--coverage {report} failed: {error.strerror}")
        return False
    return True


def _text(report: Report, document: Json) -> str:
    if report.format == "text":
        return coverage.text(document, color=report.path is None and sys.stderr.isatty())
    return coverage.json(document) if report.format == "json" else coverage.html(document)
