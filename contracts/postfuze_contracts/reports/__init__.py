"""Reports of a run: independent readers of its events, one file each. What they get to read is masked already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.console import Console

from postfuze_contracts.reports.html import HtmlReport
from postfuze_contracts.reports.json_report import JsonReport
from postfuze_contracts.reports.junit import JUnitReport
from postfuze_contracts.reports.markdown import MarkdownReport
from postfuze_contracts.reports.masking import Masked, Masker
from postfuze_contracts.reports.reporter import Reporter
from postfuze_contracts.reports.sarif import SarifReport
from postfuze_contracts.reports.terminal import Terminal

__all__ = ["FORMATS", "Masker", "Reporter", "reporters"]

FORMATS: Final = ("json", "junit", "markdown", "html", "sarif")


def reporters(
    formats: Mapping[str, Path], console: Console | None = None, *, masker: Masker, strict: bool = False
) -> list[Reporter]:
    """The terminal's reporter, on `console` (default: standard output), and one for each of `formats`, which writes to
    its path.

    All of them see what `masker` leaves of the events. `strict` counts what was flaky as failed. ValueError for a
    format that is not one of FORMATS.
    """
    readers = [Terminal(console, strict=strict), *(_file(name, path, strict) for name, path in formats.items())]
    return [Masked(reader, masker) for reader in readers]


def _file(name: str, path: Path, strict: bool) -> Reporter:
    match name:
        case "json":
            return JsonReport(path)
        case "junit":
            return JUnitReport(path, strict=strict)
        case "markdown":
            return MarkdownReport(path, strict=strict)
        case "html":
            return HtmlReport(path, strict=strict)
        case "sarif":
            return SarifReport(path, strict=strict)
    raise ValueError(f"There is no report format {name}; there are {', '.join(FORMATS)}.")
