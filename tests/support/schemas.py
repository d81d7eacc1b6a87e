"""Checks responses against the schemas of openapi.yaml, without any code of the server."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import jsonschema_rs

from postfuze_mock import spec

#: The statuses of refusals, with their phrases (RFC 9110, section 15; RFC 6585).
PHRASES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


def check(schema: str, value: object) -> None:
    """Fail unless `value` is valid by `components/schemas/<schema>`, formats included."""
    violations = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in _validator(schema).iter_errors(value)
    ]
    assert not violations, f"no {schema}: {violations}"


def check_problem(status: int, headers: Mapping[str, str], problem: Any) -> None:
    """Fail unless a response with `status` is a problem document (RFC 9457) as documented."""
    assert headers["content-type"] == "application/problem+json"
    check("Problem", problem)
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"] == PHRASES[status]
    assert set(problem) <= {"type", "title", "status", "detail", "code", "errors"}


@cache
def _validator(schema: str) -> Any:
    components = _translated(spec.load()["components"])
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{schema}", "components": components}, validate_formats=True
    )


def _translated(node: Any) -> Any:
    """Translate OpenAPI 3.0's `nullable` to JSON Schema."""
    if isinstance(node, list):
        return [_translated(each) for each in node]
    if not isinstance(node, dict):
        return node
    schema = {name: _translated(value) for name, value in node.items()}
    if schema.pop("nullable", False) is True:
        schema["type"] = [schema["type"], "null"]
    return schema
