"""The report for programs, a JSON document with the schema report.schema.json. `replay` reads it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata, resources
from typing import Any, Final

from postfuze_contracts.model.conclusion import Conclusion
from postfuze_contracts.model.events import Changed, RunFinished
from postfuze_contracts.model.exchange import Exchange, Request
from postfuze_contracts.model.verdicts import Failure, Observation
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import Decision, decisions
from postfuze_contracts.reports.placeholders import placeholders_in
from postfuze_contracts.reports.positions import FILE
from postfuze_contracts.reports.results import FileReport, Result
from postfuze_contracts.reports.text import curl, json_text
from postfuze_mock import spec

VERSION: Final = 1
MAX_REQUEST_BODY: Final = 64 * 1024  # bytes; a request with a longer body cannot be replayed
MAX_DECISIVE_BODY: Final = 8 * 1024  # bytes of the decisive response
MAX_OTHER_BODY: Final = 1024  # bytes of each other response


def schema() -> dict[str, Any]:
    """The report's JSON Schema."""
    document: dict[str, Any] = json.loads(
        resources.files(__package__).joinpath("report.schema.json").read_text("utf-8")
    )
    return document


def request(document: Mapping[str, Any]) -> Request | None:
    """The request in a report; None if it cannot be sent again, because a part of it is masked or cut."""
    if not document["replayable"]:
        return None
    body = document["body"]
    return Request(
        document["operation"],
        document["method"],
        document["path"],
        tuple((name, value) for name, value in document["query"]),
        dict(document["headers"]),
        None if body is None else base64.b64decode(body["base64"]) if "base64" in body else body["text"].encode(),
        document["key"],
        document["authorization"],
    )


class JsonReport(FileReport):
    """The JSON document."""

    def render(self, finished: RunFinished) -> str:
        """The document as JSON."""
        return json_text(self.to_dict(finished)) + "\n"

    def to_dict(self, finished: RunFinished) -> dict[str, Any]:
        """The document."""
        options = self._options
        entries = results.from_verdicts(finished.verdicts)
        totals = results.counts(entries)
        return {
            "version": VERSION,
            "tool": {"name": "postfuze-contracts", "version": _tool_version()},
            "contract": {"file": FILE, **{name: spec.load()["info"][name] for name in ("title", "version")}},
            "target": {
                "url": options.url,
                "access": options.access.name.lower(),
                "profile": options.profile_name,
                "seed": options.seed,
                "seal": options.seal,
            },
            "run": {
                "finished_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "seconds": round(finished.seconds, 3),
                "requests": finished.requests,
                "writes": finished.writes,
                "least_seconds_under_limits": results.least_seconds(finished),
                "fault": finished.fault,
                "conclusion": _conclusion(results.conclusion(options, finished, self._strict)),
            },
            "counts": {label: totals[label] for label in results.LABELS},
            "statements": [_result(each, options.url) for each in entries],
            "assumptions": [
                _observation(each, observation, options.url)
                for each in decisions(finished.observations, options.pins)
                for observation in each.observations
            ],
            "ledger": [_change(each) for each in finished.ledger],
            "notes": results.waiver_notes(options, entries),
        }


def _conclusion(conclusion: Conclusion) -> dict[str, Any]:
    return {
        "headline": conclusion.headline,
        "exit_code": conclusion.code,
        "judged": conclusion.judged,
        "asked": conclusion.asked,
        "reasons": [each.sentence for each in conclusion.reasons],
    }


def _change(change: Changed) -> dict[str, Any]:
    operation = change.exchange.operation
    return {"what": change.what, "id": change.id, "operation": operation, "stands": change.stands, "why": change.why}


def _result(result: Result, url: str) -> dict[str, Any]:
    statement, verdict = result.statement, result.verdict
    return {
        "id": statement.id,
        "subject": statement.subject,
        "statement": statement.statement.strip(),
        "basis": statement.basis,
        "place": {"file": FILE, "line": result.position.line, "pointer": result.position.pointer},
        "pin": verdict.pin,
        "outcome": result.label,
        "judged": verdict.judged,
        "reason": verdict.reason,
        "needs": [need._asdict() for need in verdict.needs],
        "failures": [_failure(each, url) for each in verdict.failures],
    }


def _failure(failure: Failure, url: str) -> dict[str, Any]:
    return {
        "check": failure.check,
        "expected": failure.expected,
        "got": failure.got,
        "exchanges": list(_exchanges(failure.exchanges, url)),
        "again": list(_exchanges(failure.again, url)),
    }


def _exchanges(exchanges: Sequence[Exchange], url: str) -> Iterator[dict[str, Any]]:
    for index, each in enumerate(exchanges, 1):
        yield _exchange(each, url, MAX_DECISIVE_BODY if index == len(exchanges) else MAX_OTHER_BODY)


def _observation(decision: Decision, observation: Observation, url: str) -> dict[str, Any]:
    assumption, exchange = decision.assumption, observation.exchange
    return {
        "id": assumption.id,
        "question": assumption.question,
        "observed": observation.choice,
        "fits": decision.fits(observation),
        "several": len(decision.observations) > 1,
        "alternatives": list(assumption.choices),
        "mock": assumption.choice,
        "differs": observation.choice != assumption.choice,
        "pinned": decision.pin,
        "exchange": None if exchange is None else _exchange(exchange, url, MAX_OTHER_BODY),
    }


def _exchange(exchange: Exchange, url: str, limit: int) -> dict[str, Any]:
    response = exchange.response
    return {
        "request": _request(exchange.request, url),
        "response": {"status": response.status, "headers": dict(response.headers), "body": _body(response.body, limit)},
    }


def _request(request: Request, url: str) -> dict[str, Any]:
    body = None if request.body is None else _body(request.body, MAX_REQUEST_BODY)
    cut = body is not None and body["cut"]
    text = body.get("text", "") if body is not None else ""
    values = (*(value for _, value in request.query), *request.headers.values(), request.authorization or "", text)
    placeholders = placeholders_in(request.path, *values)
    unknown_header = request.key == "literal" and request.authorization is None
    return {
        "operation": request.operation,
        "method": request.method,
        "path": request.path,
        "query": [list(pair) for pair in request.query],
        "headers": dict(request.headers),
        "body": body,
        "key": request.key,
        "authorization": request.authorization,
        "masked": placeholders,
        "replayable": not (placeholders or unknown_header or cut),
        "curl": None if cut else curl(request, url),
    }


def _body(content: bytes, limit: int) -> dict[str, Any]:
    start = content[:limit]
    cut = len(content) > limit
    size = {"bytes": len(content), "cut": cut}
    try:
        return {"text": start.decode("utf-8", "ignore" if cut else "strict"), **size}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(start).decode(), **size}


def _tool_version() -> str:
    try:
        return metadata.version("postfuze-mock")
    except metadata.PackageNotFoundError:
        return "0"
