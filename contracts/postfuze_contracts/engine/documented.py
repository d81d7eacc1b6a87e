"""openapi.yaml as Schemathesis sees it, and how an answer differs from what it describes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from postfuze_contracts.engine import hypothesis_home
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_mock import spec

if TYPE_CHECKING:  # importing it takes a third of a second, which only a run needs
    from schemathesis import Response
    from schemathesis.schemas import APIOperation
    from schemathesis.specs.openapi.schemas import OpenApiSchema

BASE: Final = "http://target.invalid"  # nothing is sent there


@cache
def schema() -> OpenApiSchema:
    """openapi.yaml, as Schemathesis sees it."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    hypothesis_home.prepare()
    phases: dict[str, Any] = {"coverage": {"unexpected-methods": []}}
    settings = {"base-url": BASE, "phases": phases, "generation": {"with-security-parameters": False}}
    config = SchemathesisConfig.from_dict(settings)
    return schemathesis.openapi.from_dict(copy.deepcopy(spec.load()), config=config)


def operation(id: str) -> APIOperation[Any, Any, Any, Any]:
    """An operation by its operationId."""
    return schema().find_operation_by_id(id)


def violations(exchange: Exchange, media_type: str) -> list[Any]:
    """The schema errors (JsonSchemaError of Schemathesis) of an answer, read as one of `media_type`. None if it is no
    JSON."""
    from schemathesis.core.failures import Failure, FailureGroup
    from schemathesis.openapi.checks import JsonSchemaError

    response = as_response(exchange.status, {"content-type": media_type}, plain_body(exchange))
    try:
        operation(exchange.operation).validate_response(response)
    except (FailureGroup, Failure) as error:
        failures = error.exceptions if isinstance(error, FailureGroup) else (error,)
        return [each for each in failures if isinstance(each, JsonSchemaError)]
    return []


def undocumented(exchanges: Iterable[Exchange]) -> str | None:
    """The first answer that is none of those that openapi.yaml describes for its operation, in words; None if there is
    none."""
    return next((text for each in exchanges if (text := _undocumented(each)) is not None), None)


def _undocumented(exchange: Exchange) -> str | None:
    answer = f"{exchange.request.method} {exchange.request.path} answered {describe(exchange)}"
    if exchange.operation not in spec.operations():
        return None
    if not exchange.response.is_json or not (exchange.status == 200 or 400 <= exchange.status < 600):
        return answer
    media_type = "application/json" if exchange.status == 200 else "application/problem+json"
    failures = violations(exchange, media_type)
    if not failures:
        return None
    place = "/".join(map(str, failures[0].instance_path)) or "the whole document"
    return f"{answer}; {place} is not as documented"


def plain_body(exchange: Exchange) -> bytes:
    """The body as we read it, because Schemathesis parses whatever a target sends; empty if that is no JSON."""
    return json.dumps(exchange.json).encode() if exchange.response.is_json else b""


def as_response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    """A response in the type of Schemathesis."""
    from requests import Request
    from schemathesis import Response

    prepared = Request("GET", f"{BASE}/").prepare()
    lists = {name: [value] for name, value in headers.items()}
    return Response(status, lists, body, prepared, 0.0, verify=True)
