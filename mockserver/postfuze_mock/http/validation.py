"""Is the request what the operation's parameters and body schema ask for? Compiled once per operation.

Connexion's own validation takes `1_0` for an integer, fails with 500 on odd media types and stops at the first error.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.choices import Choices
from postfuze_mock.http import accept, assumptions, body, query
from postfuze_mock.http.call import call_of
from postfuze_mock.http.parameters import Parameters
from postfuze_mock.http.schemas import Issue, Schema
from postfuze_mock.http.stage import Operation, Stage
from postfuze_mock.problems import Problem, pointer

Error = dict[str, Any]
Headers = dict[bytes, bytes]


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = call_of(scope)
        contract = self.contracts[call.operation]
        choices = call.world.choices if call.world is not None else self.defaults
        accept.check(call.headers.get(b"accept"))
        parameters: dict[str, Any] = {**contract.query.defaults, **call.path}
        errors: list[Error] = []
        if contract.body is not None:
            parameters["body"], errors = await _read_body(receive, call.headers, contract)
        if scope["query_string"] or contract.query.needed:
            errors += _read_query(contract.query, scope["query_string"], parameters, choices)
        _check_path(contract.path, call.path, errors, choices)
        call.parameters = parameters
        await self.app(scope, receive, send)


async def _read_body(receive: Receive, headers: Headers, contract: Contract) -> tuple[Any, list[Error]]:
    if not body.is_sent(headers):
        return None, [_body_error((), "is required")] if contract.body_required else []
    body.check_media_type(headers)
    sent = await body.read(receive, headers, contract.body_limit)
    try:
        value = body.parse(sent)
    except body.NotJSON as error:
        return None, [_body_error((), str(error))]
    issues = contract.body.issues(value) if contract.body is not None else ()
    return value, [_body_error(issue.path, issue.message) for issue in issues]


def _read_query(place: Parameters, sent: bytes, parameters: dict[str, Any], choices: Choices) -> list[Error]:
    texts: dict[str, str] = {}
    errors: list[Error] = []
    for name, text in query.pairs(sent):
        if name not in place.kinds:
            if choices.parameters_unknown == "refused":
                errors.append(_query_error(name, "is not a parameter of this operation"))
        else:
            if name in texts and choices.parameters_repeated == "refused":
                errors.append(_query_error(name, "must be given once"))
            texts[name] = text  # given twice, the last one counts
    values = place.cast(texts)
    issues = place.issues(values)
    if issues:
        issues = assumptions.settle_query(issues, values, choices)
    parameters.update(values)
    return errors + [_query_error(str(issue.path[0]), issue.message) for issue in issues]


def _check_path(place: Parameters, values: dict[str, str], errors: list[Error], choices: Choices) -> None:
    issues = place.issues(values) if values else []
    missing = assumptions.missing(issues, choices)
    if missing is None:
        errors = errors + [_path_error(issue) for issue in issues]
    if errors:
        raise invalid(errors, choices)
    if missing is not None:
        raise missing


def invalid(errors: list[Error], choices: Choices) -> Problem:
    """The problem of a request that violates its contract in the places that `errors` name."""
    shown = [f"{error.get('name') or error['in'] + error.get('pointer', '')} {error['message']}" for error in errors]
    detail = "; ".join(shown[:3])
    detail += "" if detail.endswith("?") else "."
    return Problem(int(choices.errors_validation_status), detail, code="validation_failed", errors=errors)


def _query_error(name: str, message: str) -> Error:
    return {"in": "query", "name": name, "message": message}


def _path_error(issue: Issue) -> Error:
    return {"in": "path", "name": str(issue.path[0]), "message": issue.message}


def _body_error(path: tuple[str | int, ...], message: str) -> Error:
    return {"in": "body", "pointer": pointer(path), "message": message}
