"""One check for each operation: what Schemathesis makes of it, sent to the target and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from postfuze_contracts.checks.errors.problem_documents import answered
from postfuze_contracts.checks.generated.answers import judge_answer, statements
from postfuze_contracts.checks.generated.cases import Sendable, generate
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.check import Check
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import REGISTRY
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import (
    CREATE_AUTH_URL,
    DELETE,
    FINALIZE,
    GET,
    HEALTH,
    LIST,
    METRICS,
    MISSING_ID,
    MISSING_SESSION,
    PENDING,
    SERVICE_HEALTH,
)
from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.target.target import Target
from postfuze_mock import spec

_UNKEYED = (SERVICE_HEALTH, PENDING, FINALIZE)
_WRITES = {"quick": 6, "ci": 10, "deep": 15}  # of the twenty a minute that are allowed
_MISSING = (DELETE, FINALIZE, HEALTH)
_REPORTED = 3  # failures of a statement: more would say the same


def _check(operation: str) -> Callable[[Target, Judge], None]:
    def run(target: Target, judge: Judge) -> None:
        sent = 0
        for request in _requests(target, operation):
            answer = answered(target, judge, partial(send, target, request), well_formed=False)
            if answer is None:
                continue
            sent += 1
            if answer.status == 429:
                break  # the limit's statements have checks of their own
            judge_twice(target, judge, request, answer)
        if not sent:
            raise Blocked(needs.unexpected("nothing could be generated"))

    return run


def _requests(target: Target, operation: str) -> Iterator[Sendable]:
    """Generated requests, partly aimed at what the target has, never at what they might harm."""
    accounts = survey.rows(target.call(LIST, query={"limit": "50"})) if operation in (LIST, GET, METRICS) else []
    most = _WRITES[target.options.profile] if operation in (DELETE, FINALIZE, CREATE_AUTH_URL) else None
    seen: set[str] = set()
    for request in generate(operation, target.options):
        aimed = harmless(aim(request, accounts, target.options.seed))
        if repr(aimed) in seen or (most is not None and len(seen) >= most):
            continue
        seen.add(repr(aimed))
        yield aimed


def aim(request: Sendable, accounts: Sequence[Account], seed: int) -> Sendable:
    """A valid request with some of its values taken from what the target has, so that it finds something."""
    random = Random(f"{seed}{request!r}")
    if not request.valid or not accounts or random.random() < 0.25:
        return request
    account = random.choice(accounts)
    if request.operation in (GET, METRICS):
        return replace_path(request, "id", account["id"])
    kept = [(name, value) for name, value in request.query if name == "limit" or random.random() < 0.3]
    found = {name: account.get("network_unique_id" if name == "networkUniqueId" else name) for name, _ in kept}
    query = [(name, str(found[name] or value)) for name, value in kept if name != "cursor"]
    return request._replace(query=tuple(query))


def harmless(request: Sendable) -> Sendable:
    """The request, aimed at what does not exist where it could delete, finalize or probe."""
    if request.operation == FINALIZE:
        return replace_path(request, "sessionToken", MISSING_SESSION)
    malformed = request.operation == HEALTH and len(request.path["id"]) != len(MISSING_ID)
    return replace_path(request, "id", MISSING_ID) if request.operation in _MISSING and not malformed else request


def replace_path(request: Sendable, name: str, value: str) -> Sendable:
    return request._replace(path={**request.path, name: value})


def send(target: Target, request: Sendable, key: str | None = "full") -> Exchange:
    """The target's answer. Writes are not waited for: their limit is low."""
    return target.call(
        request.operation,
        path=request.path,
        query=request.query,
        raw_body=request.body,
        headers=request.headers,
        key=None if request.operation in _UNKEYED else key,
        patient=request.operation not in (DELETE, FINALIZE, CREATE_AUTH_URL),
    )


def judge_twice(target: Target, judge: Judge, request: Sendable, answer: Exchange) -> None:
    """Judge an answer, and where it breaks a statement, believe that only if the same request's next answer does:
    else it is flaky."""
    first = _judged(judge, answer)
    answer = send(target, request) if first.failures else answer
    again = _judged(judge, answer) if first.failures else first
    suspects = {failure.statement for failure in again.failures}
    judge.judged.update(first.judged)
    for failure in first.failures:
        if failure.statement in suspects:
            _keep(judge.failures, failure)
        else:
            _keep(judge.flaky, replace(failure, again=(answer,)))


def _keep(found: list[Failure], failure: Failure) -> None:
    if sum(other.statement == failure.statement for other in found) < _REPORTED:
        found.append(failure)


def _judged(judge: Judge, answer: Exchange) -> Judge:
    seen = Judge(judge.check, judge.statements)
    judge_answer(seen, answer)
    return seen


for _operation in spec.operations():
    REGISTRY.append(
        Check(
            name=f"generated.{_operation}",
            subject="generated",
            statements=statements(_operation),
            run=_check(_operation),
            access=Access.FULL if _operation == CREATE_AUTH_URL else Access.PASSIVE,
            writes=None,
            text=f"Send requests of {_operation} that Schemathesis makes from openapi.yaml, valid and invalid ones.",
        )
    )
