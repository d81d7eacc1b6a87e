"""How far a run has come, by subject."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from postfuze_contracts.model.events import CheckFinished, CheckStarted, Event, RunStarted


@dataclass
class Subject:
    """What was checked of a subject so far."""

    done: int = 0
    failing: int = 0
    seconds: float = 0.0


class Progress:
    """Counts the checks of a run, and paints the counts."""

    def __init__(self) -> None:
        self.subjects: dict[str, Subject] = {}
        self._checks = 0
        self._running: CheckStarted | None = None
        self._spinner = Spinner("dots")

    def handle(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._checks = event.checks
            case CheckStarted():
                self._running = event
                self.subjects.setdefault(event.subject, Subject())
            case CheckFinished():
                self._running = None
                subject = self.subjects.setdefault(event.subject, Subject())
                subject.done += 1
                subject.failing += bool(event.failures)
                subject.seconds += event.seconds

    def picture(self) -> RenderableType:
        """A line for each subject, and below them the check that runs."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(max_width=20)
        grid.add_column(justify="right")
        grid.add_column(overflow="ellipsis", no_wrap=True)
        for name, subject in list(self.subjects.items()):  # a copy: this is called from the thread that paints
            failing = Text(f"{subject.failing} failing", "bold red") if subject.failing else Text("")
            grid.add_row(Text(name), Text(f"{subject.done}", "dim"), failing)
        running = self._running
        done = sum(subject.done for subject in list(self.subjects.values()))
        grid.add_row(self._spinner, Text(f"{done}/{self._checks}"), Text(running.check if running else "", "dim"))
        return grid
