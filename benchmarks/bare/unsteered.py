"""Runs the mock without the stages of journal and faults."""

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
    """All stages except these two; a stage is a class, or a partial of one."""
    others = [stage for stage in _stages(parts) if getattr(stage, "func", stage) not in STEERING]
    assert len(others) == len(_stages(parts)) - len(STEERING)
    return others


if __name__ == "__main__":
    application.stages = stages
    sys.exit(main())
