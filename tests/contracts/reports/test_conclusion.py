"""Every report says why a run does not pass, and its headline agrees with the exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.contracts.reports import sample

from postfuze_contracts.model.events import RunFinished, RunStarted
from postfuze_contracts.model.options import Waiver
from postfuze_contracts.model.verdicts import Outcome
from postfuze_contracts.reports import FORMATS

REASONS: dict[str, tuple[dict[str, Any], dict[str, Any], int, str]] = {
    "REQUIRED BLOCKED": ({"require": ("limits.organization",)}, {}, 4, "limits.organization is required, and was not"),
    "WAIVER EXPIRED": (
        {"waivers": (Waiver("list.empty", "known", "ops", date(2020, 1, 31)),)},
        {},
        1,
        "the waiver of list.empty (owner: ops) expired on 2020-01-31",
    ),
    "INCOMPLETE": ({}, {"cut": "the run was interrupted"}, 6, "the run was interrupted"),
    "HARNESS FAULT": ({}, {"faults": ("list.walk: KeyError",)}, 5, "the harness failed in list.walk: KeyError"),
}


def reports(options: Mapping[str, Any], end: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The reports of the sample run without its failures."""
    kept = tuple(each for each in sample.finished().verdicts if each.outcome in (Outcome.PASS, Outcome.BLOCKED))
    started = RunStarted(replace(sample.OPTIONS, waivers=()), 3)
    started = replace(started, options=replace(started.options, **options))
    return sample.report([started, replace(sample.finished(), verdicts=kept, **end)], folder)


@pytest.mark.parametrize("word", REASONS)
def test_every_report_says_why_the_run_does_not_pass(word: str, tmp_path: Path) -> None:
    options, end, code, sentence = REASONS[word]
    texts = reports(options, end, tmp_path)
    for format in ("terminal", *FORMATS):
        assert sentence in " ".join(texts[format].replace("\\", "").split()), format
    conclusion = json.loads(texts["json"])["run"]["conclusion"]
    assert (conclusion["headline"], conclusion["exit_code"]) == (word, code)
    assert f"\n{word}  " in texts["terminal"]
    assert texts["markdown"].startswith(f"## Postfuze contract: {word}, 65 of 79 · 14 not judged\n")
    assert f'<strong class="word fail">{word}</strong> 65 of 79 <span>· 14 not judged</span>' in texts["html"]
    assert json.loads(texts["sarif"])["runs"][0]["invocations"][0]["exitCode"] == code
    case = ElementTree.fromstring(texts["junit"]).find("testsuite[@name='run']/testcase/error")
    assert case is not None
    assert sentence in str(case.get("message"))


def test_passing_run_has_no_reason(tmp_path: Path) -> None:
    texts = reports({}, {}, tmp_path)
    assert json.loads(texts["json"])["run"]["conclusion"]["reasons"] == []
    assert "\nPASS  " in texts["terminal"]
    assert ElementTree.fromstring(texts["junit"]).find("testsuite[@name='run']") is None


def test_all_reasons_are_in_the_headline(tmp_path: Path) -> None:
    options = REASONS["REQUIRED BLOCKED"][0] | REASONS["WAIVER EXPIRED"][0]
    assert "\nWAIVER EXPIRED, REQUIRED BLOCKED  " in reports(options, {}, tmp_path)["terminal"]


def test_run_that_only_observes_passes(tmp_path: Path) -> None:
    skipped = tuple(replace(each, outcome=Outcome.SKIPPED, judged=0, failures=()) for each in sample.PINNED)
    finished = replace(sample.finished(), verdicts=skipped)
    assert "\nPASS  no statement asked for; " in sample.report([sample.events()[0], finished], tmp_path)["terminal"]
    finished = replace(finished, observations=())
    assert isinstance(finished, RunFinished)
    assert "\nNOTHING JUDGED  " in sample.report([sample.events()[0], finished], tmp_path)["terminal"]
