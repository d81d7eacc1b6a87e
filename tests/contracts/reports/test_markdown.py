"""Markdown for the summary of a CI step."""

from __future__ import annotations

import re

from tests.contracts.reports import sample


def rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with `head`."""
    block = text[text.index(head) :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block]


def test_summary_begins_with_the_result(reports: dict[str, str]) -> None:
    failed, passed = len(sample.failing()), sum(each.outcome == "pass" for each in sample.finished().verdicts)
    head = f"## Postfuze contract: FAIL, {passed} of 88 · {failed} failed · 1 flaky · 1 waived · 14 not judged\n\n"
    assert reports["markdown"].startswith(head)


def test_totals_add_up(reports: dict[str, str]) -> None:
    head, _, *body = rows(reports["markdown"], "| Subject |")
    assert all(len(row) == len(head) for row in body)
    passed = head.index("Pass")
    passes = [each for each in sample.finished().verdicts if each.outcome == "pass"]
    assert sum(int(row[passed] or 0) for row in body) == len(passes)
    assert sum(int(cell or 0) for row in body for cell in row[1:-1]) == len(sample.finished().verdicts)


def test_failure_is_shown_with_its_command(reports: dict[str, str]) -> None:
    block = reports["markdown"].split("### Fail: `list.envelope`")[1].split("###")[0]
    assert "> `openapi.yaml:" in block
    assert "- got: 200" in block
    assert "```sh\ncurl -i " in block


def test_foreign_text_is_not_markup(reports: dict[str, str]) -> None:
    assert "- got: &lt;/script&gt;&lt;img src=x&gt; \\\\x1b\\[31m \\]\\]&gt; \\| \\` \\\\ufffe" in reports["markdown"]


def test_unjudged_statements_are_folded_by_what_is_missing(reports: dict[str, str]) -> None:
    body = rows(reports["markdown"], "| What is missing | Set | Statements |")[2:]
    assert [row[2].partition(":")[0] for row in body] == ["10", "10", "4"]
    assert body[2][1] == "`POSTFUZE_CONTRACTS_ALLOW_EXHAUST_LIMITS=true`"
    assert "`limits.organization`, `limits.account-writes`" in body[2][2]
    assert "<details><summary>Not judged (14)</summary>" in reports["markdown"]


def test_failures_come_first_and_passes_last(reports: dict[str, str]) -> None:
    titles = ("### Fail:", "### Flaky:", "How the target decides", "Not judged (", "Waived (", "Passed (")
    assert [*titles] == sorted(titles, key=reports["markdown"].index)


def test_flaky_failure_shows_both_responses(reports: dict[str, str]) -> None:
    block = reports["markdown"].split("### Flaky: `list.default-25`")[1].split("###")[0]
    assert '- failed: `200 {"data": []' in block
    assert "- held: `200 " in block


def test_assumptions_show_whether_the_mock_differs(reports: dict[str, str]) -> None:
    body = rows(reports["markdown"], "| Assumption | Here | Mock |")[2:]
    assert ["`keys.modes`", "shared", "the same"] in body
    assert ["`errors.validation-status`", "422", "differs: 400"] in body


def test_last_line_states_the_limits(reports: dict[str, str]) -> None:
    last = reports["markdown"].splitlines()[-1]
    assert last.startswith("Under the documented limits ")
    assert last.endswith(" such a run takes at least 120 seconds.")


def test_harness_failure_is_reported(fault_reports: dict[str, str]) -> None:
    assert "**FAULT:** GET /: ConnectError at ‹key full›" in fault_reports["markdown"]
