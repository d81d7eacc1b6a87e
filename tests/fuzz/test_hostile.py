"""What is wrong with a run of the harness against a hostile target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fuzz.hostile import MAX_MEMORY, Run

SOUND = Run(6, 8.5, 90 << 20, "INCOMPLETE, cut off by --max-time\n", ())


def test_run_that_is_cut_off_in_time_is_sound() -> None:
    assert list(SOUND.flaws()) == []


@pytest.mark.parametrize(
    ("run", "flaw"),
    [
        (replace(SOUND, code=None), "it did not end"),
        (replace(SOUND, code=5), "exit code 5"),
        (replace(SOUND, code=2), "exit code 2"),
        (replace(SOUND, seconds=1000.0), "it took 1000.0 s"),
        (replace(SOUND, memory=MAX_MEMORY + 1), "it took 300 MB"),
        (replace(SOUND, output="Traceback (most recent call last):\n"), "a traceback"),
        (replace(SOUND, output="detail: \x1b]0;x\x07\n"), "its output has"),
        (replace(SOUND, output="one line\n::error::x\n"), "its output has"),
        (replace(SOUND, output="abc\u202edef\n"), "its output has"),
        (replace(SOUND, reports=(Path("/nowhere/report.json"),)), "no report report.json"),
    ],
)
def test_flaw_is_found(run: Run, flaw: str) -> None:
    assert [each for each in run.flaws() if each.startswith(flaw)] != []


def test_report_that_was_cut_off_is_no_report(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"verdicts": [', encoding="utf-8")

    assert list(replace(SOUND, reports=(path,)).flaws()) == ["no report report.json"]
