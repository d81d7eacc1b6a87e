"""What failed in an earlier run, again: the checks that failed judge anew, and the recorded requests are sent again.

A report is read as it stands, but nothing in it is trusted: only its statements, checks and requests count, only GET
requests to paths of openapi.yaml are sent, and never to the report's own target.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from postfuze_contracts.engine.check import Check
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.exchange import Request, variable_of
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.model.verdicts import Verdict
from postfuze_contracts.reports import Masker, json_report
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_mock import spec


class NoReport(ValueError):
    """The file is no report of a run: the message says why."""


@dataclass(frozen=True)
class Recorded:
    """A failure of the report: its statement and check, and the deciding request, with the status that it got."""

    statement: str
    check: str
    request: Request | None
    status: int | None


def recorded(path: Path) -> list[Recorded]:
    """The failures in a JSON report. Raises NoReport."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise NoReport(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise NoReport(f"{path} is no JSON: {error}") from None
    try:
        statements = document["statements"]
        return [_failure(each["id"], failure) for each in statements for failure in each.get("failures", ())]
    except (KeyError, TypeError, AttributeError, IndexError):
        raise NoReport(f"{path} is no report that `run --report json={path}` wrote") from None


def checks_of(failures: Sequence[Recorded], known: Sequence[Check]) -> list[Check]:
    """The checks that failed then; where a check has another name by now, those that judge its statement."""
    names = {check.name for check in known}
    found = {failure.check for failure in failures if failure.check in names}
    orphans = {failure.statement for failure in failures if failure.check not in names}
    return [check for check in known if check.name in found or not check.statements.isdisjoint(orphans)]


def judged_again(options: Options, checks: Sequence[Check], client: Client) -> RunFinished:
    """The result of `checks` alone, masked as reports are."""
    masker = Masker()
    *_, finished = (masker.event(event) for event in run(options, checks, client))
    assert isinstance(finished, RunFinished)
    return finished


def verdicts_of(failures: Sequence[Recorded], finished: RunFinished) -> list[Verdict]:
    """The new verdicts of the statements that failed."""
    wanted = {failure.statement for failure in failures}
    return [verdict for verdict in finished.verdicts if verdict.statement in wanted]


def sent_again(
    failures: Sequence[Recorded], options: Options, client: Client
) -> Iterator[tuple[Request, int | None, int]]:
    """Each recorded request that may be sent as it stands, with its status then and now."""
    seen: set[str] = set()
    for failure in failures:
        request = failure.request
        if request is None or request.curl("") in seen or not _may_be_sent(request, options):
            continue
        seen.add(request.curl(""))
        yield request, failure.status, client.send(request, _authorization(request, options.keys)).status


def _may_be_sent(request: Request, options: Options) -> bool:
    """Whether it changes nothing, calls what openapi.yaml describes, and its key is at hand."""
    operation = spec.operations().get(request.operation)
    if operation is None or request.method != operation.method or operation.effect.kind != "read":
        return False
    pattern = re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(operation.path))
    known = request.key in (None, "literal") or getattr(options.keys, str(request.key), None) is not None
    return known and re.fullmatch(pattern, request.path) is not None


def _authorization(request: Request, keys: Keys) -> Secret | str | None:
    """The key that the request had, or the header that its check made up, of the keys that there are now."""
    if request.authorization is None:
        return None if request.key is None else getattr(keys, request.key, None)
    header = request.authorization
    for name in sorted((each.name for each in fields(Keys)), key=len, reverse=True):
        header = header.replace(variable_of(name), getattr(getattr(keys, name), "value", ""))
    return header


def _failure(statement: str, failure: Mapping[str, Any]) -> Recorded:
    exchanges = failure.get("exchanges", ())
    if not exchanges:
        return Recorded(statement, failure["check"], None, None)
    last = exchanges[-1]
    return Recorded(statement, failure["check"], json_report.request(last["request"]), last["response"]["status"])
