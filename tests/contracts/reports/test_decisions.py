"""Every report tells how the target decides what is open, and judges what is pinned."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from tests.contracts.reports import sample

from postfuze_contracts.model.options import Pin
from postfuze_contracts.model.verdicts import Observation
from postfuze_contracts.reports import FORMATS
from postfuze_contracts.reports.decisions import DECIDED, SEVERAL, UNMATCHED, decisions, sections

ALL = ("terminal", *FORMATS)
ID = "keys.modes"


@pytest.mark.parametrize(
    ("choices", "section", "note"),
    [
        (("shared",), DECIDED, "shared (as the mock)"),
        (("separate",), DECIDED, "separate (the mock differs: shared)"),
        (("shared", "separate"), SEVERAL, "shared; and separate (the mock differs: shared)"),
        (("odd",), UNMATCHED, "odd (the mock differs: shared; the alternatives are separate)"),
        (("shared", "odd"), UNMATCHED, "shared; and odd (the mock differs: shared; the alternatives are separate)"),
    ],
    ids=["mock", "alternative", "both", "odd", "mock and odd"],
)
def test_decision_is_told_in_one_section(choices: tuple[str, ...], section: str, note: str) -> None:
    observations = [Observation(ID, choice) for choice in choices]
    ((title, (decision,)),) = sections(decisions(observations, {}))
    assert (title, decision.note) == (section, note)


@pytest.mark.parametrize(("pin", "end"), [("shared", ", pinned)"), ("separate", ", pinned: separate)")])
def test_note_names_the_pin(pin: str, end: str) -> None:
    (decision,) = decisions([Observation(ID, "shared")], {ID: Pin(pin, "")})
    assert decision.note == f"shared (as the mock{end}"


def test_observation_of_an_unknown_assumption_is_told_too() -> None:
    (decision,) = decisions([Observation("no.such", "odd")], {})
    assert (decision.assumption.id, decision.section) == ("no.such", UNMATCHED)


@pytest.mark.parametrize("format", ALL)
def test_every_report_has_every_observation(format: str, reports: dict[str, str]) -> None:
    for each in sample.finished().observations:
        assert each.assumption in reports[format].replace("\\", "")
    assert "also ‹username 1›" in sample.plain(reports[format])


@pytest.mark.parametrize("format", ["terminal", "html", "markdown"])
def test_what_fits_no_alternative_has_a_section_of_its_own(format: str, reports: dict[str, str]) -> None:
    text = reports[format]
    order = [text.index(part) for part in (DECIDED, SEVERAL, UNMATCHED)]
    assert order == sorted(order)
    assert "also ‹username 1›" not in text[: text.index(UNMATCHED)].rpartition("Failures")[2]


def test_json_says_whether_an_observation_fits(reports: dict[str, str]) -> None:
    entries = json.loads(reports["json"])["assumptions"]
    assert [(each["id"], each["observed"]) for each in entries if not each["fits"]] == [
        ("account.status-values", "also ‹username 1›")
    ]
    assert {each["id"] for each in entries if each["several"]} == {"limit.above-range"}
    assert {each["id"]: each["pinned"] for each in entries if each["pinned"]} == {
        "keys.modes": "shared",
        "ids.malformed-path": "404",
    }


def test_sarif_and_junit_separate_what_fits_no_alternative(reports: dict[str, str]) -> None:
    properties = json.loads(reports["sarif"])["runs"][0]["properties"]
    assert list(properties["unmatchedAssumptions"]) == ["account.status-values"]
    root = ElementTree.fromstring(reports["junit"])
    suite = root.find("testsuite[@name='assumptions, no known way']/properties")
    assert suite is not None
    assert [each.get("name") for each in suite] == ["account.status-values"]


@pytest.mark.parametrize("format", ALL)
def test_every_report_judges_pinned_choices(format: str, reports: dict[str, str]) -> None:
    text = " ".join(reports[format].replace("\\", "").split())
    assert "404, as pinned in assumptions.toml:5 on 2026-01-31 for https://old.example.com" in text
    assert "Which status does an account id in the path get if it is not a UUID?" in text


def test_pinned_choices_have_their_basis_and_place(reports: dict[str, str]) -> None:
    statements = {each["id"]: each for each in json.loads(reports["json"])["statements"]}
    pinned = statements["ids.malformed-path"]
    assert (pinned["basis"], pinned["pin"], pinned["outcome"]) == ("pinned", "404", "fail")
    assert pinned["place"]["pointer"].startswith("/x-assumptions/")
    assert statements["keys.modes"]["outcome"] == "pass"
