"""The specification of the control API, with the parts that it shares with openapi.yaml."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from postfuze_fixtures.cache import cached
from postfuze_mock.domain.faults.faults import ANY
from postfuze_mock.domain.faults.presets import PRESETS
from postfuze_mock.spec import operations, parse

FILE = Path(__file__).with_name("openapi.yaml")
_SHARED = "../../../openapi.yaml"


def read() -> dict[str, Any]:
    """The document in the file, incomplete."""
    content = FILE.read_bytes()
    document: dict[str, Any] = cached("control", content, lambda: parse(content))
    return document


def load(openapi: dict[str, Any]) -> dict[str, Any]:
    """The specification as one document: references into `openapi` (the document of openapi.yaml) become internal. A
    schema with `x-members-of: NAME` gets the members of that schema, all optional, and allows no others; one with
    `x-enum-of` gets the names of the operations that can fail, or of the presets."""
    document = read()
    api_schemas = openapi["components"]["schemas"]
    schemas = document["components"]["schemas"]
    names = {"operations": [ANY, *operations(openapi)], "presets": list(PRESETS)}
    for name, schema in api_schemas.items():
        schemas.setdefault(name, copy.deepcopy(schema))
    for schema in schemas.values():
        source = schema.pop("x-members-of", None)
        if source is not None:
            schema["properties"] = {**api_schemas[source]["properties"], **schema["properties"]}
            schema["additionalProperties"] = False
        if "x-enum-of" in schema:
            schema["enum"] = names[schema.pop("x-enum-of")]
    result: dict[str, Any] = _internal(document)
    return result


def _internal(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _internal(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_internal(item) for item in node]
    return node.removeprefix(_SHARED) if isinstance(node, str) else node
