"""What a reader of a run's events is."""

from __future__ import annotations

from typing import Protocol

from postfuze_contracts.model.events import Event


class Reporter(Protocol):
    """Reads the events of one run, in their order. One that writes a file does so at RunFinished."""

    def handle(self, event: Event) -> None: ...
