"""Reports of a run: independent readers of its events. They see only masked events.

This module is light: the reporters, and rich and ElementTree with them, are imported when they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from postfuze_contracts.model.events import Event

if TYPE_CHECKING:
    from rich.console import Console

    from postfuze_contracts.reports.masking import Masker

FORMATS: Final = ("json", "junit", "markdown", "html", "sarif")


class Reporter(Protocol):
    """Reads the events of one run, in their order. One that writes a file does so at RunFinished."""

    def handle(self, event: Event) -> None: ...


def reporters(
    formats: Mapping[str, Path], console: Console | None = None, *, masker: Masker, strict: bool = False
) -> list[Reporter]:
    """The terminal's reporter, on `console` (default: standard output), and one for each of `formats`, which writes to
    its path.

    All of them see what `masker` leaves of the events. `strict` counts a flaky statement as failed. ValueError for a
    format that is not in FORMATS.
    """
    from postfuze_contracts.reports.terminal import Terminal

    all_reporters = [Terminal(console, strict=strict), *(_file(name, path, strict) for name, path in formats.items())]
    return [_Masked(reporter, masker) for reporter in all_reporters]


class _Masked:
    """A reporter that sees only masked events."""

    def __init__(self, reporter: Reporter, masker: Masker) -> None:
        self._reporter = reporter
        self._masker = masker

    def handle(self, event: Event) -> None:
        self._reporter.handle(self._masker.event(event))


def _file(name: str, path: Path, strict: bool) -> Reporter:
    match name:
        case "json":
            from postfuze_contracts.reports.json_report import JsonReport

            return JsonReport(path)
        case "junit":
            from postfuze_contracts.reports.junit import JUnitReport

            return JUnitReport(path, strict=strict)
        case "markdown":
            from postfuze_contracts.reports.markdown import MarkdownReport

            return MarkdownReport(path, strict=strict)
        case "html":
            from postfuze_contracts.reports.html import HtmlReport

            return HtmlReport(path, strict=strict)
        case "sarif":
            from postfuze_contracts.reports.sarif import SarifReport

            return SarifReport(path, strict=strict)
    raise ValueError(f"There is no report format {name}; the formats are {', '.join(FORMATS)}.")
