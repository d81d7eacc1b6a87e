"""Reads, casts and checks path and query parameters. Casts are strict, and all violations are reported at once."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote_plus

from postfuze_fixtures.schema_errors import Schema, Violation

#: How many accepted query strings are remembered for each operation, and how long (bytes) one may be.
MAX_ACCEPTED: Final = 1000
MAX_QUERY: Final = 200

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,99})", re.ASCII)
_NUMBER = re.compile(rf"{_INTEGER.pattern}(\.[0-9]{{1,100}})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


class Parameters:
    """The parameters of one location (`path` or `query`). `types` are their JSON types by name; `accepted` has the
    values of query strings that were accepted, because most come again."""

    def __init__(self, parameters: list[dict[str, Any]]) -> None:
        schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
        required = [parameter["name"] for parameter in parameters if parameter.get("required")]
        self.types = {name: str(schema["type"]) for name, schema in schemas.items()}
        self.defaults = {name: schema["default"] for name, schema in schemas.items() if "default" in schema}
        self.required = bool(required)
        self.accepted: dict[bytes, dict[str, Any]] = {}
        self.schema = Schema({"type": "object", "properties": schemas, "required": required})

    def cast(self, texts: dict[str, str]) -> dict[str, Any]:
        """`texts` as values of the parameters' types."""
        return {name: _cast(text, self.types[name]) for name, text in texts.items()}

    def violations(self, values: dict[str, Any]) -> list[Violation]:
        """Everything in `values` that the parameters' schemas refuse."""
        return [] if self.schema.accepts(values) else list(self.schema.violations(values))

    def accept(self, query: bytes, values: dict[str, Any]) -> None:
        """Remember the `values` of a query string that breaks no rule."""
        if len(query) <= MAX_QUERY:
            if len(self.accepted) >= MAX_ACCEPTED:
                self.accepted.clear()
            self.accepted[query] = values


def pairs(query: bytes) -> list[tuple[str, str]]:
    """The names and values in a query string, percent-decoded, in order."""
    result = []
    for part in query.decode("utf-8", "replace").split("&"):
        if part:
            name, _, value = part.partition("=")
            result.append((_decoded(name), _decoded(value)))
    return result


def _decoded(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def _cast(text: str, type: str) -> Any:
    """`text` as a value of the JSON type `type`; unchanged if it is none, so that the schema refuses it.

    Strict, unlike `int()` and `float()`, which accept `1_0`, a leading blank, digits of other scripts and `nan`.
    """
    if type == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if type == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if type == "boolean":
        return _BOOLEANS.get(text, text)
    return text
