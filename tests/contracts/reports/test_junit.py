"""JUnit XML as CI servers read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from tests.contracts.reports import sample

from postfuze_contracts.model.events import RunStarted

# Elements that CI servers accept, in order.
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase", "system-out", "system-err"],
    "properties": ["property"],
    "testcase": ["skipped", "error", "failure", "system-out", "system-err"],
}
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors", "skipped"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package"},
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time", "assertions", "status"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"message"},
}


def cases(root: Element) -> dict[str, Element]:
    return {str(case.get("name")): case for case in root.iter("testcase")}


@pytest.mark.parametrize("name", ["reports", "open_reports", "fault_reports"])
def test_report_has_the_common_shape(name: str, request: pytest.FixtureRequest) -> None:
    root = ElementTree.fromstring(request.getfixturevalue(name)["junit"])
    for element in root.iter():
        allowed = CHILDREN.get(element.tag, [])
        order = [allowed.index(child.tag) for child in element]
        assert order == sorted(order)
        assert set(element.keys()) <= ATTRIBUTES.get(element.tag, set())


def test_each_statement_is_one_case(reports: dict[str, str]) -> None:
    root = ElementTree.fromstring(reports["junit"])
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert sorted(names) == sorted(
        (each.statement.partition(".")[0], each.statement) for each in sample.finished().verdicts
    )


def test_totals_add_up(reports: dict[str, str]) -> None:
    root = ElementTree.fromstring(reports["junit"])
    for name, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error"), ("tests", "testcase")):
        assert int(root.get(name, "")) == len(list(root.iter(tag)))
        for suite in root:
            assert int(suite.get(name, "")) == len(list(suite.iter(tag)))
    assert root.get("failures") == str(len(sample.failing()))


def test_times_are_those_of_the_checks_and_add_up(reports: dict[str, str]) -> None:
    root = ElementTree.fromstring(reports["junit"])
    times = {name: float(case.get("time", "")) for name, case in cases(root).items()}
    assert times["list.filter-username"] == times["list.default-25"] == 0.25  # each a half of their check
    assert {times[failure.statement] for failure in sample.FAILURES[1:]} == {0.05}  # a fifth
    assert times["auth.missing"] == 0
    for suite in root:
        assert float(suite.get("time", "")) == pytest.approx(
            sum(float(c.get("time", "")) for c in suite.iter("testcase"))
        )
    assert root.get("time") == "2.500"


def test_failure_shows_expected_actual_and_command(reports: dict[str, str]) -> None:
    failure = cases(ElementTree.fromstring(reports["junit"]))["list.envelope"].find("failure")
    assert failure is not None
    assert failure.get("message") == "expected an object with `data`; got 200"
    assert "openapi.yaml:" in str(failure.text)
    assert "curl -i" in str(failure.text)


def test_unjudged_statement_is_skipped_with_the_reason(reports: dict[str, str]) -> None:
    by_name = cases(ElementTree.fromstring(reports["junit"]))
    messages = {}
    for name in ("limits.organization", "get.unknown", "auth-url.url", "list.default-25"):
        skipped = by_name[name].find("skipped")
        assert skipped is not None
        messages[name] = skipped.get("message")
    assert messages == {
        "limits.organization": (
            "blocked: exhausting a rate limit is not allowed: set [allow] exhaust_limits (it takes two minutes)"
        ),
        "get.unknown": "waived: waived until 2999-01-01 by ops: known",
        "auth-url.url": "skipped: not asked for",
        "list.default-25": "flaky: failed, and not again",
    }


def test_flaky_failure_shows_both_responses(reports: dict[str, str], tmp_path: Path) -> None:
    strict = sample.report(sample.events(), tmp_path, strict=True)
    for text in (reports["junit"], strict["junit"]):
        message = "".join(cases(ElementTree.fromstring(text))["list.default-25"].itertext())
        assert 'failed: 200 {"data": []' in message
        assert "held: 200" in message


def test_assumptions_show_whether_the_mock_differs(reports: dict[str, str]) -> None:
    suite = ElementTree.fromstring(reports["junit"]).find("testsuite[@name='assumptions']/properties")
    assert suite is not None
    values = {each.get("name"): each.get("value") for each in suite}
    assert values["keys.modes"] == "shared (as the mock, pinned)"
    assert values["errors.validation-status"] == "422 (the mock differs: 400)"


def test_flaky_failure_fails_a_strict_run(tmp_path: Path) -> None:
    root = ElementTree.fromstring(sample.report(sample.events(), tmp_path, strict=True)["junit"])
    assert cases(root)["list.default-25"].find("failure") is not None


def test_profile_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    started = sample.events()[0]
    assert isinstance(started, RunStarted)
    smoke = replace(started, options=replace(started.options, smoke=True))
    root = ElementTree.fromstring(sample.report([smoke, *sample.events()[1:]], tmp_path)["junit"])
    assert {each.get("value") for each in root.iter("property") if each.get("name") == "profile"} == {"smoke"}


def test_harness_failure_is_an_error(fault_reports: dict[str, str]) -> None:
    root = ElementTree.fromstring(fault_reports["junit"])
    assert root.get("errors") == "1"
