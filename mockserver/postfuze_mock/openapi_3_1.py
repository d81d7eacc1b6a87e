"""OpenAPI 3.1, derived from openapi.yaml, which is OpenAPI 3.0: the same API, with null types in place of `nullable`,
`examples` in schemas, and the events under `webhooks`."""

from __future__ import annotations

from typing import Any, Final

import yaml

VERSION: Final = "3.1.0"
#: Where a schema has one schema, a list of schemas, or schemas by name.
_ONE: Final = ("items", "additionalProperties", "not")
_LISTS: Final = ("allOf", "anyOf", "oneOf")
_MAPS: Final = ("properties",)
#: What is data rather than part of the description.
_DATA: Final = ("example", "examples", "default", "enum")
_WIDTH: Final = 120  # characters of a line


def derived(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI 3.1 document for an OpenAPI 3.0 one, which stays unchanged."""
    result: dict[str, Any] = {}
    for key, value in document.items():
        if key == "components":
            result["webhooks"] = _object(document.get("x-webhooks", {}))
        if key != "x-webhooks":
            result[key] = VERSION if key == "openapi" else _components(value) if key == "components" else _object(value)
    extensions = document.get("x-extensions", ())
    return result | {"x-extensions": [each for each in extensions if each["name"] != "x-webhooks"]}


def dumped(document: dict[str, Any]) -> str:
    """The document as YAML, in its own order and without anchors."""
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


def _components(components: dict[str, Any]) -> dict[str, Any]:
    schemas = {name: _schema(schema) for name, schema in components["schemas"].items()}
    return {**_object(components), "schemas": schemas}


def _object(node: Any) -> Any:
    """Any part of the document that is not a schema."""
    if isinstance(node, list):
        return [_object(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _member(key, value) for key, value in node.items()}


def _member(key: str, value: Any) -> Any:
    if key == "schema":
        return _schema(value)
    # Extensions have no schemas, but may use the same words.
    return value if key in _DATA or key.startswith("x-") else _object(value)


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A Schema Object. In 3.1 it is JSON Schema 2020-12, where null is a type."""
    result = {key: _keyword(key, value) for key, value in schema.items() if key != "nullable"}
    if "example" in result:
        result["examples"] = [result.pop("example")]
    if schema.get("nullable"):
        result["type"] = [schema["type"], "null"]
        if "enum" in schema:
            result["enum"] = [*schema["enum"], None]
    return result


def _keyword(keyword: str, value: Any) -> Any:
    if keyword in _MAPS:
        return {name: _schema(schema) for name, schema in value.items()}
    if keyword in _LISTS:
        return [_schema(schema) for schema in value]
    return _schema(value) if keyword in _ONE and isinstance(value, dict) else value


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and repeats what the source had under an anchor."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
