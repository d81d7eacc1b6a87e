"""What is wrong with a run of the harness against a hostile target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fuzz.judgement import Run

SOUND = Run("silence", 6, 8.5, 90.0, "INCOMPLETE, cut off by --max-time\n", (), 8.0)


def test_run_that_is_cut_off_in_time_is_sound() -> None:
    assert SOUND.findings == []


@pytest.mark.parametrize(
    ("run", "finding"),
    [
        (replace(SOUND, code=None), "it did not end"),
        (replace(SOUND, code=5), "exit code 5"),
        (replace(SOUND, code=2), "exit code 2"),
        (replace(SOUND, seconds=1000.0), "1000.0 s"),
        (replace(SOUND, memory=301.0), "301 MB"),
        (replace(SOUND, output="Traceback (most recent call last):\n"), "a traceback"),
        (replace(SOUND, output="detail: \x1b]0;x\x07\n"), "it says"),
        (replace(SOUND, output="one line\n::error::x\n"), "it says"),
        (replace(SOUND, output="abc\u202edef\n"), "it says"),
        (replace(SOUND, reports=(Path("/nowhere/report.json"),)), "no report report.json"),
    ],
)
def test_fault_of_the_harness_is_found(run: Run, finding: str) -> None:
    assert [each for each in run.findings if each.startswith(finding)] != []


def test_report_that_was_cut_off_is_no_report(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"verdicts": [', encoding="utf-8")

    assert replace(SOUND, reports=(path,)).findings == ["no report report.json"]
