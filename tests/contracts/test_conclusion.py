"""The headline and the exit code of a run are one decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from postfuze_contracts.model.conclusion import conclude
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.needs import FULL_ACCESS
from postfuze_contracts.model.options import Options, Waiver
from postfuze_contracts.model.verdicts import Failure, Outcome, Verdict

ONE, OTHER = "get.unknown", "delete.gone"
PASSES = Verdict(ONE, Outcome.PASS, 3)
FAILS = Verdict(ONE, Outcome.FAIL, 3, (Failure(ONE, "404", "200"),))
FLAKY = replace(FAILS, outcome=Outcome.FLAKY)
BLOCKED = Verdict(OTHER, Outcome.BLOCKED, needs=(FULL_ACCESS,))
UNASKED = Verdict(OTHER, Outcome.SKIPPED)
OPTIONS, TODAY = Options("http://target.invalid"), date(2026, 6, 14)
WAIVER = Waiver(ONE, "a reason", "an owner", date(2026, 6, 13))


def run(*verdicts: Verdict, **changes: Any) -> RunFinished:
    return replace(RunFinished(verdicts, (), (), 10, 1.0), **changes)


@pytest.mark.parametrize(
    ("finished", "options", "headline", "code"),
    [
        (run(PASSES, BLOCKED), OPTIONS, "PASS", 0),
        (run(FAILS, BLOCKED), OPTIONS, "FAIL", 1),
        (run(FLAKY), OPTIONS, "PASS", 0),
        (run(FLAKY), replace(OPTIONS, strict=True), "FAIL", 1),
        (run(PASSES), replace(OPTIONS, waivers=(WAIVER,)), "WAIVER EXPIRED", 1),
        (run(BLOCKED), OPTIONS, "NOTHING JUDGED", 3),
        (run(BLOCKED, fault="it is silent"), replace(OPTIONS, require=(OTHER,)), "FAULT", 3),
        (run(PASSES, BLOCKED), replace(OPTIONS, require=(OTHER,)), "REQUIRED BLOCKED", 4),
        (run(FAILS, BLOCKED), replace(OPTIONS, require=(OTHER,)), "FAIL, REQUIRED BLOCKED", 1),
        (run(PASSES, faults=("a.b: LookupError",)), OPTIONS, "HARNESS FAULT", 5),
        (run(PASSES, BLOCKED, cut="cut off by SIGINT"), OPTIONS, "INCOMPLETE", 6),
        (run(BLOCKED, cut="cut off by SIGINT"), OPTIONS, "INCOMPLETE", 6),
        (run(FAILS, cut="cut off by SIGINT"), OPTIONS, "FAIL, INCOMPLETE", 1),
    ],
)
def test_headline_and_exit_code_agree(finished: RunFinished, options: Options, headline: str, code: int) -> None:
    conclusion = conclude(options, finished, TODAY)
    assert (conclusion.headline, conclusion.code) == (headline, code)
    assert (conclusion.headline == "PASS") is (conclusion.code == 0)


def test_only_what_was_asked_for_counts() -> None:
    both, one = conclude(OPTIONS, run(PASSES, BLOCKED)), conclude(OPTIONS, run(PASSES, UNASKED))
    assert ((both.judged, both.asked), (one.judged, one.asked)) == ((1, 2), (1, 1))


def test_required_statement_that_was_not_judged_says_how_to_have_it_judged() -> None:
    conclusion = conclude(replace(OPTIONS, require=(OTHER,)), run(PASSES, BLOCKED))
    assert [reason.sentence for reason in conclusion.reasons] == [
        f"{OTHER} is required, and was not judged: {FULL_ACCESS.what}: {FULL_ACCESS.how}"
    ]
