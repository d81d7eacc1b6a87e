"""SARIF 2.1.0, for code scanning: each failure at the line of its statement in openapi.yaml."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import UNMATCHED, decisions
from postfuze_contracts.reports.positions import FILE
from postfuze_contracts.reports.results import FileReport, Result
from postfuze_contracts.reports.text import curl, json_text, one_line

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION: Final = "2.1.0"


class SarifReport(FileReport):
    """The log. A flaky statement is an error if `strict`, else a warning."""

    def render(self, finished: RunFinished) -> str:
        """The log as JSON."""
        return json_text(self.to_dict(finished)) + "\n"

    def to_dict(self, finished: RunFinished) -> dict[str, Any]:
        """The log."""
        entries = results.from_verdicts(finished.verdicts)
        failures = [(index, each) for index, each in enumerate(entries) if each.label in ("fail", "flaky", "waived")]
        conclusion = results.conclusion(self._options, finished, self._strict)
        ended = finished.fault is None and finished.cut is None and not finished.faults
        invocation: dict[str, Any] = {"executionSuccessful": ended, "exitCode": conclusion.code}
        if problems := results.problems(conclusion):
            invocation["toolExecutionNotifications"] = [
                {"level": "error", "message": {"text": f"{each.word}: {one_line(each.sentence)}"}} for each in problems
            ]
        run = {
            "tool": {"driver": {"name": "postfuze-contracts", "rules": [self._rule(each) for each in entries]}},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": [self._result(index, each) for index, each in failures],
            "properties": self._properties(finished),
        }
        return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}

    def _properties(self, finished: RunFinished) -> dict[str, dict[str, str]]:
        """How the target decides what is open: by assumption, what fits an alternative, and what fits none."""
        all_decisions = decisions(finished.observations, self._options.pins)
        return {
            name: {each.assumption.id: each.note for each in all_decisions if (each.section == UNMATCHED) is unmatched}
            for name, unmatched in (("assumptions", False), ("unmatchedAssumptions", True))
        }

    def _result(self, index: int, result: Result) -> dict[str, Any]:
        warning = result.label == "flaky" and not self._strict
        document: dict[str, Any] = {
            "ruleId": result.statement.id,
            "ruleIndex": index,
            "kind": "fail",
            "level": "warning" if warning else "error",
            "message": {"text": self._message(result)},
            "locations": [_location(result)],
            "partialFingerprints": {"statement/v1": hashlib.sha256(result.statement.id.encode()).hexdigest()},
            "properties": {"outcome": result.label, "judged": result.verdict.judged},
        }
        if result.label == "waived":
            document["suppressions"] = [{"kind": "external", "justification": one_line(result.verdict.reason)}]
        return document

    def _rule(self, result: Result) -> dict[str, Any]:
        statement = result.statement
        place = f"{result.position}, {result.position.pointer}"
        rule: dict[str, Any] = {
            "id": statement.id,
            "shortDescription": {"text": statement.statement.strip()},
            "help": {"text": f"{place}; postfuze-contracts explain {statement.id}"},
            "properties": {"tags": [statement.subject], "basis": statement.basis},
        }
        if url := results.reference(self._options, result.kind, statement.id):
            rule["helpUri"] = url
        return rule

    def _message(self, result: Result) -> str:
        lines = [result.statement.statement.strip()]
        for failure in result.examples:
            lines += [f"Expected: {one_line(failure.expected)}", f"Got: {one_line(failure.got)}"]
            lines += [f"{name.capitalize()}: {text}" for name, text in results.both_responses(failure)]
            lines += [one_line(curl(exchange.request, self._options.url)) for exchange in failure.exchanges[-1:]]
        return "\n".join(lines)


def _location(result: Result) -> dict[str, Any]:
    physical = {
        "artifactLocation": {"uri": FILE, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": result.position.line},
    }
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": result.position.pointer}]}
