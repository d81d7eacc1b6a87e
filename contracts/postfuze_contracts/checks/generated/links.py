"""Follows the links of openapi.yaml: from a page of accounts to an account, and on to its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postfuze_contracts.checks.generated.cases import Sendable, sendable
from postfuze_contracts.checks.generated.operations import aim, judge_twice, send
from postfuze_contracts.checks.generated.responses import assumptions, statements
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.documented import as_response, plain_body, schema
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import REGISTRY, Check
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import GET, LIST, METRICS, PENDING
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Unreachable
from postfuze_contracts.target.deployed import NotDeployed
from postfuze_contracts.target.target import Target

if TYPE_CHECKING:
    from schemathesis import Response
    from schemathesis.generation.case import Case

_WALKED = (LIST, GET, METRICS, PENDING)
_MAX_WALKS = {"quick": 0, "ci": 6, "deep": 60}
_MAX_STEPS = 8


def _links(target: Target, judge: Judge) -> None:
    steps: list[tuple[Sendable, Exchange]] = []
    errors: list[Exception] = []
    if _MAX_WALKS[target.options.profile]:
        _walk(target, steps, errors)
    if errors:
        raise errors[0]
    listed_ids: set[str] = set()
    for request, exchange in steps:
        judge_twice(target, judge, request, exchange)
        if request.operation == GET and request.path["id"] in listed_ids:
            judge.expect("get.by-id", exchange.status == 200, "200 for an account that was just listed", exchange)
        listed_ids |= {account["id"] for account in survey.rows(exchange)} if request.operation == LIST else set()


def _walk(target: Target, steps: list[tuple[Sendable, Exchange]], errors: list[Exception]) -> None:
    """Follow the links. An exception that ends the run goes to `ended`, because Hypothesis would try again."""
    import hypothesis

    accounts = survey.rows(target.call(LIST, query={"limit": "50"}))
    subset = schema().include(operation_id=list(_WALKED))

    class Walk(subset.as_state_machine()):  # type: ignore[misc]
        def call(self, case: Case[Any], **_: Any) -> Response:
            request = sendable(case)
            if request is None or errors:
                return as_response(404, {}, b"")
            try:
                request = aim(request, accounts, target.options.seed) if request.operation == LIST else request
                exchange = send(target, request)
            except (BudgetSpent, Unreachable, NotDeployed) as error:
                errors.append(error)
                return as_response(404, {}, b"")
            steps.append((request, exchange))
            return as_response(exchange.status, exchange.response.headers, plain_body(exchange))

        def validate_response(self, *_: Any, **__: Any) -> None:
            """Do nothing: the responses are judged after all walks."""

    settings = hypothesis.settings(
        max_examples=_MAX_WALKS[target.options.profile],
        stateful_step_count=_MAX_STEPS,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.seed(target.options.seed)(Walk).run(settings=settings)


REGISTRY.append(
    Check(
        name="generated.links",
        subject="generated",
        statements=frozenset().union(*map(statements, _WALKED)),
        assumes=frozenset().union(*map(assumptions, _WALKED)),
        run=_links,
        access=Access.PASSIVE,
        writes=None,
        text="Follow the links of openapi.yaml from response to response, as Schemathesis chooses (not in `quick`).",
    )
)
