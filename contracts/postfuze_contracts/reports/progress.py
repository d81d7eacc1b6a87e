"""The live part of the report on a terminal: how far each subject is, and which check runs."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from postfuze_contracts.model.events import CheckFinished, CheckStarted, Event, RunStarted


@dataclass
class Progress:
    """The numbers of finished and failing checks of a subject."""

    done: int = 0
    failing: int = 0


class ProgressTable:
    """Counts the checks of a run by subject, and renders the counts."""

    def __init__(self) -> None:
        self._subjects: dict[str, Progress] = {}
        self._checks = 0
        self._running = ""
        self._spinner = Spinner("dots")

    def handle(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._checks = event.checks
            case CheckStarted():
                self._running = event.check
                self._subjects.setdefault(event.subject, Progress())
            case CheckFinished():
                self._running = ""
                progress = self._subjects.setdefault(event.subject, Progress())
                progress.done += 1
                progress.failing += bool(event.failures)

    def render(self) -> RenderableType:
        """A line for each subject, and below them the running check."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(max_width=20)
        grid.add_column(justify="right")
        grid.add_column(overflow="ellipsis", no_wrap=True)
        subjects = list(self._subjects.items())  # a copy: rich's thread calls this while the run goes on
        for name, progress in subjects:
            failing = Text(f"{progress.failing} failing", "bold red") if progress.failing else Text("")
            grid.add_row(Text(name), Text(f"{progress.done}", "dim"), failing)
        done = sum(progress.done for _, progress in subjects)
        grid.add_row(self._spinner, Text(f"{done}/{self._checks}"), Text(self._running, "dim"))
        return grid
