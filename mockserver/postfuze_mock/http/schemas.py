"""OpenAPI 3.0 schemas as jsonschema-rs understands them, and what it finds wrong, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

import jsonschema_rs

from postfuze_fixtures.timestamps import parse_iso

Kind = jsonschema_rs.ValidationErrorKind

_FORMATS = {"uuid": "must be a UUID", "date-time": "must be an RFC 3339 timestamp"}
_BOUNDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "minItems": "must have at least {} item(s)",
    "maxItems": "must have at most {} item(s)",
    "minLength": "must have at least {} character(s)",
    "maxLength": "must have at most {} character(s)",
    "minProperties": "must have at least {} member(s)",
}
_WORDED = ("pattern", "minimum", "maximum")
_ANNOTATIONS = ("description", "example", "x-statements")  # dropped: there are more of them than of the rest
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


class Issue(NamedTuple):
    """One violation: the offended schema keyword, where (a path into the value) and what would be right."""

    keyword: str
    path: tuple[str | int, ...]
    message: str


class Schema:
    """A compiled schema of an OpenAPI 3.0 document, its references followed already."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._document = translated(schema)
        formats = {"uuid": _is_uuid, "date-time": _is_timestamp}
        self._validator = jsonschema_rs.Draft7Validator(self._document, validate_formats=True, formats=formats)
        self.accepts = self._validator.is_valid

    def issues(self, value: Any) -> Iterator[Issue]:
        """Everything that is wrong with `value`."""
        for error in _meant(self._validator.iter_errors(value)):
            path = list(error.instance_path)
            if isinstance(error.kind, Kind.Required):  # the place is the member that is missing
                path.append(error.kind.property)
            yield Issue(error.kind.name, tuple(path), self._expected(error))

    def _expected(self, error: jsonschema_rs.ValidationError) -> str:
        """What would be right: the schema's own words (`x-must-be`) where a pattern or a bound cannot say it."""
        node: Any = self._document
        for part in error.schema_path[:-1]:
            node = node[part]
        own = node.get("x-must-be") if error.kind.name in _WORDED else None
        return f"must be {own}" if own else _expected(error)


def _meant(errors: Iterable[jsonschema_rs.ValidationError]) -> Iterator[jsonschema_rs.ValidationError]:
    """`errors`, and in the place of "none of these schemas fits" what is wrong by the one schema whose type does."""
    for error in errors:
        branches = error.kind.context if isinstance(error.kind, Kind.AnyOf) else []
        fitting = [branch for branch in branches if not any(_of_another_type(each, error) for each in branch)]
        if len(fitting) == 1:
            yield from _meant(fitting[0])
        else:
            yield error


def _of_another_type(error: jsonschema_rs.ValidationError, whole: jsonschema_rs.ValidationError) -> bool:
    return isinstance(error.kind, Kind.Type) and list(error.instance_path) == list(whole.instance_path)


def translated(schema: Any) -> Any:
    """`schema` with OpenAPI's `nullable` said as JSON Schema says it."""
    if isinstance(schema, list):
        return [translated(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {
        key: {name: translated(member) for name, member in value.items()} if key == "properties" else translated(value)
        for key, value in schema.items()
        if key not in _ANNOTATIONS
    }
    return _nullable(result) if schema.get("nullable") is True else result


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    del schema["nullable"]
    if "type" not in schema:  # a composed schema: null beside it
        return {"anyOf": [schema, {"type": "null"}]}
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _is_timestamp(text: str) -> bool:
    try:
        parse_iso(text)
    except ValueError:
        return False
    return True


def _expected(error: jsonschema_rs.ValidationError) -> str:
    match error.kind:
        case Kind.Required():
            return "is required"
        case Kind.Type(types=types):
            return f"must be of type {' or '.join(types)}"
        case Kind.Enum(options=options):
            return _one_of(options, error.instance)
        case Kind.Format(format=name):
            return _FORMATS.get(name, f"must be a valid {name}")
        case Kind.AdditionalProperties(unexpected=names):
            return f"has unknown members: {', '.join(names)}"
    return _bound(error.kind) or f"is wrong: {error.message}"


def _bound(kind: Kind) -> str | None:
    template = _BOUNDS.get(kind.name)
    return None if template is None else template.format(getattr(kind, "limit", None))


def _one_of(options: list[Any], value: Any) -> str:
    names = [str(option) for option in options]
    nearest = get_close_matches(str(value), names, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"must be one of {', '.join(names)}{hint}"
