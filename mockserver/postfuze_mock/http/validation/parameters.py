"""An operation's path and query parameters, compiled: read, cast strictly, validated, all violations at once."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures.schema_errors import Schema, Violation
from postfuze_mock.http.validation import query


class Parameters:
    """The parameters of one place (`path` or `query`)."""

    def __init__(self, parameters: list[dict[str, Any]]) -> None:
        schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
        required = [parameter["name"] for parameter in parameters if parameter.get("required")]
        self.kinds = {name: str(schema["type"]) for name, schema in schemas.items()}
        self.defaults = {name: schema["default"] for name, schema in schemas.items() if "default" in schema}
        self.needed = bool(required)
        self.schema = Schema({"type": "object", "properties": schemas, "required": required})

    def cast(self, values: dict[str, str]) -> dict[str, Any]:
        """`values` in the types of the parameters."""
        return {name: query.cast(text, self.kinds[name]) for name, text in values.items()}

    def issues(self, values: dict[str, Any]) -> list[Violation]:
        """What is wrong with `values`."""
        return [] if self.schema.accepts(values) else list(self.schema.violations(values))
