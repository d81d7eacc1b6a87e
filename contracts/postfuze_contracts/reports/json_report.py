"""The report for programs: one JSON document, described by report.schema.json. `replay` reads it too."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange, Request
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.files import write
from postfuze_contracts.reports.placeholders import masked_in
from postfuze_contracts.reports.positions import FILE
from postfuze_contracts.reports.results import Choice, Result
from postfuze_contracts.reports.text import curl
from postfuze_mock import spec

VERSION: Final = 1
MOST_SENT: Final = 64 * 1024  # bytes of a request's body that are kept; what is cut cannot be replayed
MOST_RECEIVED: Final = 8 * 1024  # of the decisive answer's
MOST_ON_THE_WAY: Final = 1024  # of each other answer's


def schema() -> dict[str, Any]:
    """The report's JSON Schema."""
    text = resources.files(__package__).joinpath("report.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def request(document: Mapping[str, Any]) -> Request | None:
    """The request that a report recorded; None where it cannot be sent again, for something in it was masked or cut."""
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


class JsonReport:
    """Writes the report when the run is over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._options: Options | None = None

    def handle(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._options = event.options
        elif isinstance(event, RunFinished):
            text = json.dumps(self.document(event), indent=2, ensure_ascii=False)
            write(self._path, f"{text}\n")

    def document(self, finished: RunFinished) -> dict[str, Any]:
        """The report as a document."""
        options = self._options or Options("")
        found = results.results(finished.verdicts)
        return {
            "version": VERSION,
            "tool": {"name": "postfuze-contracts", "version": _tool_version()},
            "contract": {"file": FILE, **{name: spec.load()["info"][name] for name in ("title", "version")}},
            "target": {
                "url": options.url,
                "access": options.access.name.lower(),
                "profile": options.profile,
                "seed": options.seed,
            },
            "run": {
                "finished_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "seconds": round(finished.seconds, 3),
                "requests": finished.requests,
                "writes": finished.writes,
                "least_seconds_under_limits": results.least_seconds(finished),
                "fault": finished.fault,
            },
            "counts": {label: results.counts(found)[label] for label in results.LABELS},
            "statements": [_result(each, options.url) for each in found],
            "assumptions": [_choice(each, options.url) for each in results.choices(finished.observations)],
            "ledger": [
                {
                    "what": each.what,
                    "id": each.id,
                    "operation": each.exchange.operation,
                    "stands": each.stands,
                    "why": each.why,
                }
                for each in finished.ledger
            ],
            "notes": results.waiver_notes(self._options, found),
        }


def _result(result: Result, url: str) -> dict[str, Any]:
    statement, verdict = result.statement, result.verdict
    return {
        "id": statement.id,
        "subject": statement.subject,
        "statement": statement.statement.strip(),
        "basis": statement.basis,
        "place": {"file": FILE, "line": result.place.line, "pointer": result.place.pointer},
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
        yield _exchange(each, url, MOST_RECEIVED if index == len(exchanges) else MOST_ON_THE_WAY)


def _choice(choice: Choice, url: str) -> dict[str, Any]:
    exchange = choice.observation.exchange
    return {
        "id": choice.assumption.id,
        "question": choice.assumption.question,
        "observed": choice.observation.choice,
        "mock": choice.assumption.choice,
        "differs": choice.differs,
        "exchange": None if exchange is None else _exchange(exchange, url, MOST_ON_THE_WAY),
    }


def _exchange(exchange: Exchange, url: str, most: int) -> dict[str, Any]:
    response = exchange.response
    return {
        "request": _request(exchange.request, url),
        "response": {
            "status": response.status,
            "headers": dict(response.headers),
            "body": _body(response.body, most),
        },
    }


def _request(sent: Request, url: str) -> dict[str, Any]:
    body = None if sent.body is None else _body(sent.body, MOST_SENT)
    text = body.get("text", "") if body is not None else ""
    told = (*(value for _, value in sent.query), *sent.headers.values(), sent.authorization or "", text)
    masked = masked_in(sent.path, *told)
    unknown = sent.key == "literal" and sent.authorization is None
    whole = not masked and not unknown and (body is None or not body["cut"])
    return {
        "operation": sent.operation,
        "method": sent.method,
        "path": sent.path,
        "query": [list(pair) for pair in sent.query],
        "headers": dict(sent.headers),
        "body": body,
        "key": sent.key,
        "authorization": sent.authorization,
        "masked": masked,
        "replayable": whole,
        "curl": curl(sent, url) if body is None or not body["cut"] else None,
    }


def _body(content: bytes, most: int) -> dict[str, Any]:
    kept = content[:most]
    cut = len(content) > most
    size = {"bytes": len(content), "cut": cut}
    try:
        return {"text": kept.decode("utf-8", "ignore" if cut else "strict"), **size}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(kept).decode(), **size}


def _tool_version() -> str:
    try:
        return metadata.version("postfuze-mock")
    except metadata.PackageNotFoundError:
        return "0"
