"""Reports of a run: independent readers of its events. They see only masked events.

Reporters, and with them rich and ElementTree, are imported only when they are used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from postfuze_contracts.model.events import Event

if TYPE_CHECKING:
    from rich.console import Console

    from postfuze_contracts.reports.masking import Masker

#: The reporter of each format: a module and its class.
_CLASSES: Final = {
    "json": "json_report.JsonReport",
    "junit": "junit.JUnitReport",
    "markdown": "markdown.MarkdownReport",
    "html": "html.HtmlReport",
    "sarif": "sarif.SarifReport",
}
FORMATS: Final = tuple(_CLASSES)


class Reporter(Protocol):
    """Reads the events of one run, in order. Reporters that write a file do so at RunFinished."""

    def handle(self, event: Event) -> None: ...


def reporters(
    formats: Mapping[str, Path],
    console: Console | None = None,
    *,
    masker: Masker,
    strict: bool = False,
    flags: Sequence[str] = (),
    notes: Sequence[tuple[str, str]] = (),
) -> list[Reporter]:
    """One reporter for the file of each format, and the last one for `console` (default: standard output).

    They see only what `masker` leaves of the events. `strict` counts a flaky statement as failed. `flags` are those of
    the command line that describe the target, and `notes` are words with texts for the end of the terminal, which may
    still grow. Raises ValueError for a format that is not in FORMATS.
    """
    from postfuze_contracts.reports.terminal import Terminal

    terminal = Terminal(console, strict=strict, files=formats, flags=flags, notes=notes)
    all_reporters = [*(_file(name, path, strict) for name, path in formats.items()), terminal]
    return [_Masked(reporter, masker) for reporter in all_reporters]


class _Masked:
    """A reporter that sees only masked events."""

    def __init__(self, reporter: Reporter, masker: Masker) -> None:
        self._reporter = reporter
        self._masker = masker

    def handle(self, event: Event) -> None:
        self._reporter.handle(self._masker.event(event))


def _file(name: str, path: Path, strict: bool) -> Reporter:
    if name not in _CLASSES:
        raise ValueError(f"There is no report format {name}; the formats are {', '.join(FORMATS)}.")
    module, _, class_name = _CLASSES[name].partition(".")
    reporter: Reporter = getattr(import_module(f"{__name__}.{module}"), class_name)(path, strict=strict)
    return reporter
