"""The schemas of openapi.yaml, to hold answers against; no code of the server has a part in it."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs

from postfuze_mock import spec


def check(schema: str, value: object) -> None:
    """Fail unless `value` is valid by `components/schemas/<schema>`, formats included."""
    flaws = [
        f"{'/'.join(map(str, flaw.instance_path))}: {flaw.message}" for flaw in _validator(schema).iter_errors(value)
    ]
    assert not flaws, f"no {schema}: {flaws}"


@cache
def _validator(schema: str) -> Any:
    components = _translated(spec.load()["components"])
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{schema}", "components": components}, validate_formats=True
    )


def _translated(node: Any) -> Any:
    """OpenAPI 3.0's `nullable`, said as JSON Schema says it."""
    if isinstance(node, list):
        return [_translated(each) for each in node]
    if not isinstance(node, dict):
        return node
    schema = {name: _translated(value) for name, value in node.items()}
    if schema.pop("nullable", False) is True:
        schema["type"] = [schema["type"], "null"]
    return schema
