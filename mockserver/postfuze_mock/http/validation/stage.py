"""Is the request what the operation's parameters and body schema ask for? Compiled once per operation.

Connexion's own validation takes `1_0` for an integer, fails with 500 on odd media types and stops at the first error.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_fixtures.schema_errors import Schema, Violation
from postfuze_mock.domain.choices import Choices
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.connexion_stack import Operation, Stage
from postfuze_mock.http.validation import accept, assumptions, body, query
from postfuze_mock.http.validation.parameters import Parameters
from postfuze_mock.problems import Problem, pointer
from postfuze_mock.worlds.journal import BODY_BOUND


class Flaw(NamedTuple):
    """What is wrong in one place, as the problem lists it, and the rule that says so."""

    error: dict[str, Any]
    rule: str = "errors.validation"


class Contract(NamedTuple):
    """What one operation accepts."""

    path: Parameters
    query: Parameters
    body: Schema | None
    body_required: bool
    body_limit: int


class ValidationStage(Stage):
    """Sets the call's parameters, or refuses with 406, 413, 415, 400 (every violation named), 404."""

    def __init__(self, app: ASGIApp, *, defaults: Choices) -> None:
        super().__init__(app)
        self.defaults = defaults
        self.contracts: dict[str, Contract] = {}

    def compile(self, operation: Operation) -> None:
        request_body = operation.document.get("requestBody", {})
        schema = request_body.get("content", {}).get(body.JSON, {}).get("schema")
        self.contracts[operation.id] = Contract(
            Parameters(operation.parameters("path")),
            Parameters(operation.parameters("query")),
            Schema(schema) if schema is not None else None,
            bool(request_body.get("required")),
            request_body.get("x-limit", body.LIMIT),
        )

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call = call_of(scope)
        contract = self.contracts[call.operation]
        accept.check(call.headers.get(b"accept"))
        if contract.body is not None:
            return self._with_body(scope, receive, send)
        self._check(scope, call, contract, {}, [])
        return self.app(scope, receive, send)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = call_of(scope)
        contract = self.contracts[call.operation]
        value, flaws = await _read_body(receive, call, contract)
        self._check(scope, call, contract, {"body": value}, flaws)
        await self.app(scope, receive, send)

    def _check(self, scope: Scope, call: Call, contract: Contract, given: dict[str, Any], flaws: list[Flaw]) -> None:
        choices = call.world.choices if call.world is not None else self.defaults
        parameters = {**contract.query.defaults, **call.path, **given}
        if scope["query_string"] or contract.query.needed:
            flaws += _read_query(contract.query, scope["query_string"], parameters, choices)
        _check_path(contract.path, call.path, flaws, choices)
        call.parameters = parameters


async def _read_body(receive: Receive, call: Call, contract: Contract) -> tuple[Any, list[Flaw]]:
    headers = call.headers
    if not body.is_sent(headers):
        return None, [_body_flaw(Violation("required", (), "is required"))] if contract.body_required else []
    body.check_media_type(headers)
    sent = await body.read(receive, headers, contract.body_limit)
    call.sent = sent[: BODY_BOUND + 1]
    try:
        value = body.parse(sent)
    except body.NotJSON as error:
        return None, [_body_flaw(Violation("syntax", (), str(error)))]
    issues = contract.body.violations(value) if contract.body is not None else ()
    return value, [_body_flaw(issue) for issue in issues]


def _read_query(place: Parameters, sent: bytes, parameters: dict[str, Any], choices: Choices) -> list[Flaw]:
    texts: dict[str, str] = {}
    flaws: list[Flaw] = []
    for name, text in query.pairs(sent):
        if name not in place.kinds:
            if choices.parameters_unknown == "refused":
                flaws.append(_query_flaw(name, "is not a parameter of this operation", rule="parameters.unknown"))
        else:
            if name in texts and choices.parameters_repeated == "refused":
                flaws.append(_query_flaw(name, "must be given once", rule="parameters.repeated"))
            texts[name] = text  # given twice, the last one counts
    values = place.cast(texts)
    issues = place.issues(values)
    if issues:
        issues = assumptions.settle_query(issues, values, choices)
    parameters.update(values)
    return flaws + [
        _query_flaw(str(issue.path[0]), issue.message, rule=assumptions.rule("query", issue)) for issue in issues
    ]


def _check_path(place: Parameters, values: dict[str, str], flaws: list[Flaw], choices: Choices) -> None:
    issues = place.issues(values) if values else []
    missing = assumptions.missing(issues, choices)
    if missing is None:
        flaws = flaws + [_path_flaw(issue) for issue in issues]
    if flaws:
        raise invalid(flaws, choices)
    if missing is not None:
        raise missing


def invalid(flaws: list[Flaw], choices: Choices) -> Problem:
    """The problem of a request that violates its contract in the places that `flaws` name."""
    errors = [flaw.error for flaw in flaws]
    rules = {flaw.rule for flaw in flaws}
    shown = [f"{error.get('name') or error['in'] + error.get('pointer', '')} {error['message']}" for error in errors]
    detail = "; ".join(shown[:3])
    detail += "" if detail.endswith("?") else "."
    status = int(choices.errors_validation_status)
    rule = rules.pop() if len(rules) == 1 else "errors.validation"
    return Problem(status, detail, rule=rule, code="validation_failed", errors=errors)


def _query_flaw(name: str, message: str, *, rule: str) -> Flaw:
    return Flaw({"in": "query", "name": name, "message": message}, rule)


def _path_flaw(issue: Violation) -> Flaw:
    error = {"in": "path", "name": str(issue.path[0]), "message": issue.message}
    return Flaw(error, assumptions.rule("path", issue))


def _body_flaw(issue: Violation) -> Flaw:
    error = {"in": "body", "pointer": pointer(issue.path), "message": issue.message}
    return Flaw(error, assumptions.rule("body", issue))
