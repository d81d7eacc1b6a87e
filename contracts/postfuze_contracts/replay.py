"""Replays the failures of an earlier run: runs the failed checks and sends the recorded requests again.

A report is not trusted: only its statements, checks and requests are used, and only requests that openapi.yaml declares
as reads are sent. The key goes to the target in the report only if its seal shows that a run with that key wrote it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.exchange import Request, variable_of
from postfuze_contracts.model.options import Keys, Options, Pin, Secret
from postfuze_contracts.model.verdicts import Verdict
from postfuze_contracts.reports import json_report, seal
from postfuze_contracts.reports.masking import finished
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_fixtures import user_files
from postfuze_mock import spec

MAX_SIZE = 64 << 20  # bytes of a report


class InvalidReport(ValueError):
    """The file is not a JSON report of a run; the message says why."""


@dataclass(frozen=True)
class RecordedFailure:
    """A failure in a report: its statement and check, the decisive request and the status of its response. `pin` is the
    pinned choice, if the statement is an assumption."""

    statement: str
    check: str
    request: Request | None
    status: int | None
    pin: str | None = None


@dataclass(frozen=True)
class Report:
    """What a JSON report says of a run: its failures, target, seal and seed."""

    failures: list[RecordedFailure]
    url: str
    seal: str | None
    seed: int

    def is_sealed_by(self, key: Secret) -> bool:
        """Whether a run with this key wrote the URL."""
        return seal.is_right(self.seal, self.url, key)


def read(path: Path) -> Report:
    """A JSON report. Raises InvalidReport."""
    try:
        document = json.loads(user_files.read(path, MAX_SIZE))
    except OSError as error:
        raise InvalidReport(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InvalidReport(f"{path} is not JSON: {error}") from None
    try:
        target, statements = document["target"], document["statements"]
        failures = [
            replace(_failure(each["id"], failure), pin=each.get("pin"))
            for each in statements
            for failure in each.get("failures", ())
        ]
        return Report(failures, str(target["url"]), target.get("seal"), int(target["seed"]))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError):
        raise InvalidReport(f"{path} is not a report that `run --report json={path}` wrote") from None


def failed_checks(failures: Sequence[RecordedFailure], checks: Sequence[Check]) -> list[Check]:
    """The checks that failed. For a check that no longer exists, those that judge its statement."""
    names = {check.name for check in checks}
    current = {failure.check for failure in failures if failure.check in names}
    orphans = {failure.statement for failure in failures if failure.check not in names}
    return [
        check for check in checks if check.name in current or not (check.statements | check.assumes).isdisjoint(orphans)
    ]


def with_pins(options: Options, failures: Sequence[RecordedFailure]) -> Options:
    """`options` with the pinned choices that failed, unless they pin these assumptions themselves."""
    choices = {assumption.id: assumption.choices for assumption in spec.assumptions()}
    pins = {
        failure.statement: Pin(failure.pin, "as pinned for the report")
        for failure in failures
        if failure.pin is not None and failure.pin in choices.get(failure.statement, ())
    }
    return replace(options, pins={**pins, **options.pins})


def rerun(options: Options, checks: Sequence[Check], client: Client) -> RunFinished:
    """The result of running `checks`, masked like a report."""
    return finished(run(options, checks, client))


def verdicts(failures: Sequence[RecordedFailure], finished: RunFinished) -> list[Verdict]:
    """The new verdicts of the statements that failed."""
    statements = {failure.statement for failure in failures}
    return [verdict for verdict in finished.verdicts if verdict.statement in statements]


def resend(
    failures: Sequence[RecordedFailure], options: Options, client: Client
) -> Iterator[tuple[Request, int | None, int]]:
    """Send each recorded request that is allowed, once. Yields it with its status then and now."""
    commands: set[str] = set()
    for failure in failures:
        request = failure.request
        if request is None or request.curl("") in commands or not _is_allowed(request, options):
            continue
        commands.add(request.curl(""))
        yield request, failure.status, client.send(request, _authorization(request, options.keys)).status


def _is_allowed(request: Request, options: Options) -> bool:
    """Whether the request changes nothing, matches its operation in openapi.yaml, and its key is configured."""
    operation = spec.operations().get(request.operation)
    if operation is None or request.method != operation.method or operation.effect.kind != "read":
        return False
    pattern = re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(operation.path))
    has_key = request.key in (None, "literal") or getattr(options.keys, str(request.key), None) is not None
    return has_key and re.fullmatch(pattern, request.path) is not None


def _authorization(request: Request, keys: Keys) -> Secret | str | None:
    """The key of the request, or the header that its check made up, with the keys of this run."""
    if request.authorization is None:
        return None if request.key is None else getattr(keys, request.key, None)
    header = request.authorization
    for name in sorted((each.name for each in fields(Keys)), key=len, reverse=True):
        header = header.replace(variable_of(name), getattr(getattr(keys, name), "value", ""))
    return header


def _failure(statement: str, failure: Mapping[str, Any]) -> RecordedFailure:
    exchanges = failure.get("exchanges", ())
    if not exchanges:
        return RecordedFailure(statement, failure["check"], None, None)
    last = exchanges[-1]
    return RecordedFailure(
        statement, failure["check"], json_report.request(last["request"]), last["response"]["status"]
    )
