"""The JSON report follows its schema, adds up, and contains what a replay needs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.contracts.reports import sample

from postfuze_contracts.model.verdicts import Failure, Outcome, Verdict
from postfuze_contracts.reports.json_report import MAX_REQUEST_BODY, request, schema


def load(text: str) -> Any:
    return json.loads(text)


def failing(report: Any, statement: str) -> Any:
    return next(each for each in report["statements"] if each["id"] == statement)["failures"][0]


def test_report_schema_is_a_valid_schema() -> None:
    jsonschema_rs.meta.validate(schema())


def test_reports_follow_the_schema(
    reports: dict[str, str], open_reports: dict[str, str], fault_reports: dict[str, str]
) -> None:
    validator = jsonschema_rs.validator_for(schema())
    for each in (reports, open_reports, fault_reports):
        validator.validate(load(each["json"]))


@pytest.mark.parametrize("member", ["version", "statements", "ledger"])
def test_schema_requires_every_member(member: str, reports: dict[str, str]) -> None:
    broken = load(reports["json"])
    del broken[member]
    assert not jsonschema_rs.validator_for(schema()).is_valid(broken)


def test_totals_add_up(reports: dict[str, str]) -> None:
    report = load(reports["json"])
    assert Counter(each["outcome"] for each in report["statements"]) == Counter(report["counts"])
    assert len(report["statements"]) == len(sample.finished().verdicts)
    assert report["run"]["requests"] == 1234


def test_recorded_request_is_read_back_unchanged(reports: dict[str, str]) -> None:
    recorded = failing(load(reports["json"]), "metrics.value-fields")["exchanges"][-1]["request"]
    assert request(recorded) == sample.METRICS.request


def test_masked_request_is_not_replayable(reports: dict[str, str]) -> None:
    recorded = failing(load(reports["json"]), "list.filter-username")["exchanges"][-1]["request"]
    assert recorded["masked"] == ["‹username 1›"]
    assert request(recorded) is None


def test_masked_request_is_replayable_with_bodies(open_reports: dict[str, str]) -> None:
    recorded = failing(load(open_reports["json"]), "list.filter-username")["exchanges"][-1]["request"]
    assert request(recorded) == sample.FILTERED.request


def test_custom_header_is_recorded_with_variables_in_place_of_keys(open_reports: dict[str, str]) -> None:
    recorded = failing(load(open_reports["json"]), "errors.title")["exchanges"][-1]["request"]
    assert request(recorded) == sample.HOSTILE.request


def test_flaky_failure_shows_both_responses(reports: dict[str, str]) -> None:
    flaky = failing(load(reports["json"]), "list.default-25")
    bodies = [json.loads(flaky[name][-1]["response"]["body"]["text"]) for name in ("exchanges", "again")]
    assert bodies == [{"data": [], "next_cursor": None}, {"data": [], "next_cursor": None, "held": "‹held 1›"}]


def test_lasting_failure_has_no_second_exchange(reports: dict[str, str]) -> None:
    assert failing(load(reports["json"]), "list.envelope")["again"] == []


def test_assumptions_name_both_choices(reports: dict[str, str]) -> None:
    report = load(reports["json"])
    differs = {each["id"]: each["differs"] for each in report["assumptions"]}
    assert differs["keys.modes"] is False
    assert differs["errors.validation-status"] is differs["account.status-values"] is True


def test_harness_failure_is_reported(fault_reports: dict[str, str]) -> None:
    assert load(fault_reports["json"])["run"]["fault"] == "GET /: ConnectError at ‹key full›"


@pytest.mark.parametrize(
    ("body", "replayable"),
    [(b"\xff\x00", True), ('{"a": "ä"}'.encode(), True), (b"", True), (b"x" * (MAX_REQUEST_BODY + 1), False)],
    ids=["binary", "text", "empty", "too large"],
)
def test_body_is_recorded_unchanged_or_the_request_is_not_replayable(
    body: bytes, replayable: bool, tmp_path: Path
) -> None:
    exchange = sample.exchange("createAuthUrl", "/social-networks/x/auth-url", {}, method="POST", body=body)
    failure = Failure("auth-url.url", "a", "b", (exchange,))
    finished = replace(sample.finished(), verdicts=(Verdict("auth-url.url", Outcome.FAIL, 1, (failure,)),))
    report = load(sample.report([sample.events()[0], finished], tmp_path)["json"])
    recorded = failing(report, "auth-url.url")["exchanges"][0]["request"]
    assert request(recorded) == (exchange.request if replayable else None)
