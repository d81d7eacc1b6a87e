"""The levers' own specification, made whole: what it takes over from openapi.yaml is put in."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("openapi.yaml")
_SHARED = "../../../openapi.yaml"


def load(openapi: dict[str, Any]) -> dict[str, Any]:
    """The specification as one document: references into `openapi` (openapi.yaml's document) become its own, and a
    schema with `x-members-of: NAME` gets the members of that schema, none of them required, and takes no others."""
    document: dict[str, Any] = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)
    shared = openapi["components"]["schemas"]
    schemas = document["components"]["schemas"]
    for name, schema in shared.items():
        schemas.setdefault(name, copy.deepcopy(schema))
    for schema in schemas.values():
        source = schema.pop("x-members-of", None)
        if source is not None:
            schema["properties"] = {**shared[source]["properties"], **schema["properties"]}
            schema["additionalProperties"] = False
    result: dict[str, Any] = _internal(document)
    return result


def _internal(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _internal(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_internal(item) for item in node]
    return node.removeprefix(_SHARED) if isinstance(node, str) else node
