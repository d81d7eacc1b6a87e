"""SARIF 2.1.0, at the lines of openapi.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.contracts.reports import sample

from postfuze_contracts.reports.positions import positions

# The part of the SARIF schema that code scanning relies on.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
SHAPE = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription"],
                                            "properties": {"shortDescription": TEXT, "help": TEXT},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "invocations": {"type": "array", "items": {"required": ["executionSuccessful"]}},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "ruleIndex", "locations"],
                            "properties": {
                                "message": TEXT,
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "kind": {"const": "fail"},
                                "locations": {"type": "array", "minItems": 1, "maxItems": 1},
                                "partialFingerprints": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                                "suppressions": {
                                    "type": "array",
                                    "items": {
                                        "required": ["kind"],
                                        "properties": {"kind": {"enum": ["inSource", "external"]}},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def run_of(reports: dict[str, str]) -> Any:
    return json.loads(reports["sarif"])["runs"][0]


@pytest.mark.parametrize("name", ["reports", "open_reports", "fault_reports"])
def test_report_follows_the_sarif_schema(name: str, request: pytest.FixtureRequest) -> None:
    jsonschema_rs.validator_for(SHAPE).validate(json.loads(request.getfixturevalue(name)["sarif"]))


def test_each_failure_points_to_its_statement(reports: dict[str, str]) -> None:
    run = run_of(reports)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "openapi.yaml"
        assert place["region"]["startLine"] == positions()[result["ruleId"]].line


def test_failures_are_errors_flaky_warnings_and_waived_suppressed(reports: dict[str, str]) -> None:
    results = {each["ruleId"]: each for each in run_of(reports)["results"]}
    assert len(results) == len(sample.failing()) + 2
    assert results["list.envelope"]["level"] == "error"
    assert results["list.default-25"]["level"] == "warning"
    assert results["get.unknown"]["suppressions"][0]["kind"] == "external"


def test_flaky_failure_shows_both_responses(reports: dict[str, str]) -> None:
    results = {each["ruleId"]: each for each in run_of(reports)["results"]}
    lines = results["list.default-25"]["message"]["text"].splitlines()
    assert [line[:12] for line in lines if line.startswith(("Failed", "Held"))] == ["Failed: 200 ", 'Held: 200 {"']


def test_assumptions_show_whether_the_mock_differs(reports: dict[str, str]) -> None:
    text = run_of(reports)["properties"]["assumptions"]
    assert text["errors.validation-status"] == "422 (the mock differs: 400)"
    assert text["keys.modes"] == "shared (as the mock, pinned)"


def test_flaky_failures_are_errors_in_a_strict_run(tmp_path: Path) -> None:
    strict = run_of(sample.report(sample.events(), tmp_path, strict=True))
    assert {each["level"] for each in strict["results"]} == {"error"}


def test_harness_failure_is_reported(fault_reports: dict[str, str]) -> None:
    assert run_of(fault_reports)["invocations"][0]["executionSuccessful"] is False
