"""A check for each operation: sends generated requests, and judges the responses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random

from postfuze_contracts.checks.errors.problem_documents import send_tolerantly
from postfuze_contracts.checks.generated.cases import Sendable, generate
from postfuze_contracts.checks.generated.responses import assumptions, judge_exchange, statements
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import REGISTRY, Check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.model.verdicts import Failure, Observation
from postfuze_contracts.target.guard import aimed_at_nothing, is_missing, least_access
from postfuze_contracts.target.target import Target
from postfuze_mock import spec
from postfuze_mock.spec import Operation

_MAX_WRITES = {"quick": 6, "ci": 10, "deep": 15}  # of the twenty that are allowed per minute
_MAX_REPORTED = 3  # failures of one statement


def checks() -> Iterator[Check]:
    """A check for each operation that can be called without harm."""
    for operation in spec.operations().values():
        if aimed_at_nothing(operation) is not None:
            yield Check(
                name=f"generated.{operation.id}",
                subject="generated",
                statements=statements(operation.id),
                assumes=assumptions(operation.id),
                run=_check(operation),
                access=least_access(operation),
                writes=None,
                text=f"Send requests of {operation.id} that Schemathesis makes from openapi.yaml, valid and invalid.",
            )


def _check(operation: Operation) -> Callable[[Target, Judge], None]:
    def run(target: Target, judge: Judge) -> None:
        exchanges = 0
        for request in _requests(target, operation):
            exchange = send_tolerantly(target, judge, partial(send, target, request), well_formed=False)
            if exchange is None:
                continue
            exchanges += 1
            if exchange.status == 429:
                break  # the rate limits have checks of their own
            judge_twice(target, judge, request, exchange)
        require(exchanges, needs.unexpected("nothing could be generated"))

    return run


def _requests(target: Target, operation: Operation) -> Iterator[Sendable]:
    """Generated requests, some of them for existing accounts, but none that could change these."""
    reads_account = operation.effect.kind == "read" and "id" in operation.path_parameters
    page = target.call(LIST, query={"limit": "50"}) if operation.id == LIST or reads_account else None
    accounts = [] if page is None else survey.rows(page)
    limit = _MAX_WRITES[target.options.profile] if target.writes(operation.id) else None
    requests: set[str] = set()
    for request in generate(operation.id, target.options):
        request = harmless(aim(request, accounts, target.options.seed))
        if repr(request) in requests or (limit is not None and len(requests) >= limit):
            continue
        requests.add(repr(request))
        yield request


def aim(request: Sendable, accounts: Sequence[Account], seed: int) -> Sendable:
    """The request; if it is valid, then often with values of an existing account, so that it matches some."""
    random = Random(f"{seed}{request!r}")
    if not request.valid or not accounts or random.random() < 0.25:
        return request
    account = random.choice(accounts)
    if "id" in request.path:
        return request._replace(path={**request.path, "id": account["id"]})
    query = [(name, value) for name, value in request.query if name == "limit" or random.random() < 0.3]
    values = {name: account.get("network_unique_id" if name == "networkUniqueId" else name) for name, _ in query}
    query = [(name, str(values[name] or value)) for name, value in query if name != "cursor"]
    return request._replace(query=tuple(query))


def harmless(request: Sendable) -> Sendable:
    """The request, with an id that does not exist if it could change something. A probe of an impossible id stays
    unchanged."""
    operation = spec.operations()[request.operation]
    path = aimed_at_nothing(operation) or {}
    if operation.effect.kind == "probe" and all(is_missing(name, request.path[name]) for name in path):
        return request
    return request._replace(path={**request.path, **path})


def send(target: Target, request: Sendable, key: str | None = "full") -> Exchange:
    """Send a generated request. Writes do not wait for their rate limit, because it is low."""
    keyless = spec.operations()[request.operation].definition.get("security") == []
    return target.call(
        request.operation,
        path=request.path,
        query=request.query,
        raw_body=request.body,
        headers=request.headers,
        key=None if keyless else key,
        patient=not target.writes(request.operation),
    )


def judge_twice(target: Target, judge: Judge, request: Sendable, exchange: Exchange) -> None:
    """Judge an exchange. If it breaks a statement, or is a 5xx, send the request again: if the next response keeps the
    statement, the failure is flaky."""
    first = again = _judge_once(judge, exchange)
    if first.failures or exchange.status >= 500:
        exchange = send(target, request)
        again = _judge_once(judge, exchange)
    _observe(judge, again.observations)
    judge.undeclared |= again.undeclared
    suspects = {failure.statement for failure in again.failures}
    judge.judged.update(first.judged)
    for failure in first.failures:
        if failure.statement in suspects:
            _append(judge.failures, failure)
        else:
            _append(judge.flaky, replace(failure, again=(exchange,)))


def _observe(judge: Judge, observations: Iterable[Observation]) -> None:
    """Add the observations that are new. Pinned ones have been judged."""
    known = {(each.assumption, each.choice) for each in judge.observations}
    judge.observations += [each for each in observations if (each.assumption, each.choice) not in known]


def _append(failures: list[Failure], failure: Failure) -> None:
    if sum(other.statement == failure.statement for other in failures) < _MAX_REPORTED:
        failures.append(failure)


def _judge_once(judge: Judge, exchange: Exchange) -> Judge:
    own = Judge(judge.check, judge.statements, pins=judge.pins)
    judge_exchange(own, exchange)
    return own


REGISTRY.extend(checks())
