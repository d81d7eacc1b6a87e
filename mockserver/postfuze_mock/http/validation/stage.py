"""The stage that checks a request against its operation's parameters and body schema.

Connexion's own validation accepts `1_0` as an integer, fails with 500 on odd media types and stops at the first error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_fixtures.schema_errors import Schema, Violation
from postfuze_mock import json_text
from postfuze_mock.domain.choices import Choices
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.http.stack import Stage
from postfuze_mock.http.validation import accept, assumptions, body
from postfuze_mock.http.validation.assumptions import Location
from postfuze_mock.http.validation.parameters import Parameters, pairs
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.journal.journal import MAX_BODY


class Refusal(NamedTuple):
    """A violation, and the part of the request that it is in."""

    location: Location
    violation: Violation

    @property
    def rule(self) -> str:
        """The rule that refuses it."""
        return assumptions.clause(*self).rule

    def to_dict(self) -> dict[str, Any]:
        """An entry of the problem's `errors`."""
        location, violation = self
        place = {"pointer": violation.pointer} if location == "body" else {"name": str(violation.path[0])}
        return {"in": location, **place, "message": violation.message}


class Contract(NamedTuple):
    """What one operation accepts. One that `takes_anything` gets the body and the headers as they came; `body_limit` is
    in bytes, `body_depth` in levels. `null_under` names the assumption and the choice under which the body `null`
    counts as none (`x-null-body-under`)."""

    path: Parameters
    query: Parameters
    body: Schema | None
    takes_anything: bool
    body_required: bool
    body_limit: int
    body_depth: int
    null_under: dict[str, str] | None


class ValidationStage(Stage):
    """Sets the call's parameters, or refuses with 406, 413, 415, 400 (with all violations) or 404. `defaults` are the
    choices for a call without a world."""

    def __init__(self, app: ASGIApp, *, defaults: Choices) -> None:
        super().__init__(app)
        self.defaults = defaults
        self.contracts: dict[str, Contract] = {}

    def compile(self, endpoint: Endpoint) -> None:
        request_body = endpoint.document.get("requestBody", {})
        content = request_body.get("content", {})
        schema = content.get(body.JSON, {}).get("schema")
        self.contracts[endpoint.id] = Contract(
            Parameters(endpoint.parameters("path")),
            Parameters(endpoint.parameters("query")),
            Schema(schema) if schema is not None else None,
            body.ANYTHING in content,
            bool(request_body.get("required")),
            request_body.get("x-limit", body.LIMIT),
            request_body.get("x-depth", json_text.MAX_DEPTH),
            request_body.get("x-null-body-under"),
        )

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call = call_of(scope)
        contract = self.contracts[call.operation]
        if contract.takes_anything:
            return self._with_anything(scope, receive, send)
        accept.check(call.headers.get(b"accept"))
        if contract.body is not None:
            return self._with_body(scope, receive, send)
        self._check(scope, call, contract, {}, [])
        return self.app(scope, receive, send)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = call_of(scope)
        contract = self.contracts[call.operation]
        value, refusals = await _read_body(receive, call, contract)
        self._check(scope, call, contract, {"body": value}, refusals)
        await self.app(scope, receive, send)

    async def _with_anything(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = call_of(scope)
        contract = self.contracts[call.operation]
        content = await body.read(receive, call.headers, contract.body_limit) if body.is_present(call.headers) else b""
        self._check(scope, call, contract, {"headers": scope["headers"], "body": content}, [])
        await self.app(scope, receive, send)

    def _check(
        self, scope: Scope, call: Call, contract: Contract, body_value: dict[str, Any], refusals: list[Refusal]
    ) -> None:
        choices = call.world.choices if call.world is not None else self.defaults
        parameters = {**contract.query.defaults, **call.path, **body_value}
        if scope["query_string"] or contract.query.required:
            refusals += _read_query(contract.query, scope["query_string"], parameters, choices)
        _check_path(contract.path, call.path, refusals, choices)
        call.parameters = parameters


async def _read_body(receive: Receive, call: Call, contract: Contract) -> tuple[Any, list[Refusal]]:
    headers = call.headers
    if not body.is_present(headers):
        missing = Refusal("body", Violation("required", (), "is required"))
        return None, [missing] if contract.body_required else []
    body.check_media_type(headers)
    content = await body.read(receive, headers, contract.body_limit)
    call.body = content[: MAX_BODY + 1]
    try:
        value = json_text.parse(content, contract.body_depth)
    except json_text.NotJSON as error:
        return None, [Refusal("body", Violation("syntax", (), str(error)))]
    if value is None and _counts_as_none(call, contract):
        return None, []
    if call.world is not None:
        value = assumptions.tolerated(value, call.world.choices)
    if contract.body is None:
        return value, []
    if contract.body.accepts(value):
        return contract.body.cast(value), []
    return value, [Refusal("body", violation) for violation in contract.body.violations(value)]


def _counts_as_none(call: Call, contract: Contract) -> bool:
    """Whether the body `null` counts as no body. Generated clients send it for a body that their caller left out."""
    under, world = contract.null_under, call.world
    return under is not None and world is not None and world.choices.by_id()[under["assumption"]] == under["choice"]


def _read_query(query: Parameters, content: bytes, parameters: dict[str, Any], choices: Choices) -> list[Refusal]:
    """Add the values of the query string to `parameters`. Returns the refusals."""
    accepted = query.accepted.get(content)
    if accepted is not None:
        parameters.update(accepted)
        return []
    texts: dict[str, str] = {}
    violations: list[Violation] = []
    for name, text in pairs(content):
        if name not in query.types:
            violations.append(Violation("unknown", (name,), "is not a parameter of this operation"))
            continue
        if name in texts:
            violations.append(Violation("repeated", (name,), "must be given once"))
        texts[name] = text
    values = query.cast(texts)
    violations += query.violations(values)
    if violations:
        violations = assumptions.refused(violations, values, choices)
    else:
        query.accept(content, values)
    parameters.update(values)
    return [Refusal("query", violation) for violation in violations]


def _check_path(path: Parameters, values: dict[str, str], refusals: list[Refusal], choices: Choices) -> None:
    violations = path.violations(values) if values else []
    missing = assumptions.missing(violations, choices)
    if missing is None:
        refusals = refusals + [Refusal("path", violation) for violation in violations]
    if refusals:
        raise invalid(refusals, choices)
    if missing is not None:
        raise missing


def invalid(refusals: Sequence[Refusal], choices: Choices) -> Problem:
    """The problem of a request with these refusals: `detail` has the first three, `errors` all."""
    errors = [refusal.to_dict() for refusal in refusals]
    rules = {refusal.rule for refusal in refusals}
    places = [error.get("name") or error["in"] + error.get("pointer", "") for error in errors]
    detail = "; ".join(f"{place} {error['message']}" for place, error in zip(places[:3], errors, strict=False))
    detail += "" if detail.endswith("?") else "."
    rule = rules.pop() if len(rules) == 1 else "errors.validation"
    status = int(choices.ids_malformed_path if rule == "ids.malformed-path" else choices.errors_validation_status)
    return Problem(status, detail, rule=rule, code="validation_failed", errors=errors)
