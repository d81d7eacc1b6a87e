"""The mock without what makes it steerable: its own command and parts, less the stages of journal and faults."""

from __future__ import annotations

import sys
from typing import Any, Final

from postfuze_mock.cli import main
from postfuze_mock.http import application
from postfuze_mock.http.application import Parts
from postfuze_mock.http.faults import FaultStage
from postfuze_mock.http.journal import JournalStage

STEERING: Final = (JournalStage, FaultStage)
_stages = application.stages


def stages(parts: Parts) -> list[Any]:
    """All stages but two; a stage is a class, or a class with arguments."""
    kept = [stage for stage in _stages(parts) if getattr(stage, "func", stage) not in STEERING]
    assert len(kept) == len(_stages(parts)) - len(STEERING)
    return kept


if __name__ == "__main__":
    application.stages = stages
    sys.exit(main())
