"""SARIF 2.1.0: failures at the lines of openapi.yaml that state what was broken, for code scanning."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.options import Options
from postfuze_contracts.reports import results
from postfuze_contracts.reports.files import write
from postfuze_contracts.reports.positions import FILE
from postfuze_contracts.reports.results import Result
from postfuze_contracts.reports.text import curl, one_line

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION: Final = "2.1.0"


class SarifReport:
    """Writes the report when the run is over. With `strict`, a flaky statement is an error, else a warning."""

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        self._path = path
        self._strict = strict
        self._options: Options | None = None

    def handle(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._options = event.options
        elif isinstance(event, RunFinished):
            write(self._path, json.dumps(self.document(event), indent=2, ensure_ascii=False) + "\n")

    def document(self, finished: RunFinished) -> dict[str, Any]:
        """The report as a document."""
        found = results.results(finished.verdicts)
        broken = [(index, each) for index, each in enumerate(found) if each.label in ("fail", "flaky", "waived")]
        invocation: dict[str, Any] = {"executionSuccessful": finished.fault is None}
        if finished.fault is not None:
            notice = {"level": "error", "message": {"text": one_line(finished.fault)}}
            invocation["toolExecutionNotifications"] = [notice]
        run = {
            "tool": {"driver": {"name": "postfuze-contracts", "rules": [_rule(each) for each in found]}},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": [self._result(index, each) for index, each in broken],
            "properties": {
                "assumptions": {each.assumption.id: each.note for each in results.choices(finished.observations)}
            },
        }
        return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}

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

    def _message(self, result: Result) -> str:
        url = self._options.url if self._options is not None else ""
        lines = [result.statement.statement.strip()]
        for failure in result.examples:
            lines += [f"Expected: {one_line(failure.expected)}", f"Got: {one_line(failure.got)}"]
            lines += [f"{name.capitalize()}: {text}" for name, text in results.both_answers(failure)]
            lines += [one_line(curl(exchange.request, url)) for exchange in failure.exchanges[-1:]]
        return "\n".join(lines)


def _rule(result: Result) -> dict[str, Any]:
    statement = result.statement
    return {
        "id": statement.id,
        "shortDescription": {"text": statement.statement.strip()},
        "help": {"text": f"{result.place}, {result.place.pointer}; postfuze-contracts explain {statement.id}"},
        "properties": {"tags": [statement.subject], "basis": statement.basis},
    }


def _location(result: Result) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": FILE, "uriBaseId": "%SRCROOT%"}, "region": {"startLine": result.place.line}}
    return {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": result.place.pointer}]}
