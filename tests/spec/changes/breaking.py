"""What changed in openapi.yaml, as far as it can break those who call the API, generate from it or judge by it.

Requests and responses are compared in opposite directions: a request may be allowed more, a response may promise more.
What is not known to be harmless counts as breaking: a line in CHANGELOG.md announces it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

Json = dict[str, Any]
Direction = Literal["request", "response"]

_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_ANNOTATIONS: Final = frozenset({"title", "description", "example", "examples", "deprecated", "externalDocs", "xml"})
_COMPARED: Final = frozenset({"properties", "required", "enum", "nullable", "items", "oneOf", "anyOf"})
_ALTERNATIVES: Final = ("oneOf", "anyOf")
_LOWER: Final = ("minimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "maxLength", "maxItems", "maxProperties")


class Change(NamedTuple):
    """A breaking change: `subject` is what CHANGELOG.md has to name (an operationId, the name of a schema, the id of a
    statement or an assumption)."""

    subject: str
    text: str


def breaking_changes(old: Json, new: Json) -> list[Change]:
    """All breaking changes from one OpenAPI 3.0 document to another, in the order of the old one."""
    comparison = _Comparison(old, new)
    changes = [*comparison.operations(), *comparison.schemas(), *_promises(old, new)]
    return list(dict.fromkeys(changes))


@dataclass
class _Comparison:
    old: Json
    new: Json

    def operations(self) -> Iterator[Change]:
        after = dict(_operations(self.new))
        for place, operation in _operations(self.old):
            subject = operation["operationId"]
            if place not in after:
                yield Change(subject, f"{place} is gone")
                continue
            for text in self._operation(operation, after[place]):
                yield Change(subject, text)

    def schemas(self) -> Iterator[Change]:
        """Those of the components: their names are those of generated types, and webhooks have no operation."""
        before, after = (each.get("components", {}).get("schemas", {}) for each in (self.old, self.new))
        for name, schema in before.items():
            if name not in after:
                yield Change(name, "the schema is gone")
            elif name.endswith("Event"):
                for text in self._schema(schema, after[name], "response", ""):
                    yield Change(name, text.strip())

    def _operation(self, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"the operation is now called {new['operationId']}"
        if old.get("security", self.old.get("security")) != new.get("security", self.new.get("security")):
            yield "other credentials are needed"
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        yield from self._responses(old["responses"], new["responses"])

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before, after = _parameters(old, self.old), _parameters(new, self.new)
        for name in before.keys() - after.keys():
            yield f"{name} is gone"
        for name, parameter in after.items():
            if parameter.get("required") and not before.get(name, {}).get("required"):
                yield f"{name} is required"
            if name in before:
                yield from self._schema(before[name].get("schema", {}), parameter.get("schema", {}), "request", name)

    def _body(self, old: Json | None, new: Json | None) -> Iterator[str]:
        before, after = _resolved(old or {}, self.old), _resolved(new or {}, self.new)
        if after.get("required") and not before.get("required"):
            yield "a body is required"
        yield from self._content(before, after, "request", "the body")

    def _responses(self, old: Json, new: Json) -> Iterator[str]:
        for status, response in old.items():
            if status not in new:
                yield f"the response {status} is gone"
                continue
            before, after = _resolved(response, self.old), _resolved(new[status], self.new)
            for name in before.get("headers", {}).keys() - after.get("headers", {}).keys():
                yield f"the response {status} has no header {name}"
            yield from self._content(before, after, "response", f"the response {status}")

    def _content(self, old: Json, new: Json, direction: Direction, where: str) -> Iterator[str]:
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"{where} is no {media_type}"
                continue
            after = new["content"][media_type].get("schema", {})
            yield from self._schema(content.get("schema", {}), after, direction, where)

    def _schema(self, old: Json, new: Json, direction: Direction, where: str, depth: int = 0) -> Iterator[str]:
        if depth > 20:  # a schema within itself
            return
        before, after = _merged(old, self.old), _merged(new, self.new)
        yield from _keywords(before, after, where)
        yield from _bounds(before, after, direction, where)
        yield from _values(before, after, direction, where)
        yield from _required(before, after, direction, where)
        for place, one, other in _parts(before, after):
            if other is None:
                yield f"{where}{place} is gone"
            else:
                yield from self._schema(one, other, direction, f"{where}{place}", depth + 1)
        yield from _alternatives(before, after, direction, where)


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys():
            yield f"{method.upper()} {path}", item[method]


def _parameters(operation: Json, document: Json) -> dict[str, Json]:
    parameters = (_resolved(each, document) for each in operation.get("parameters", []))
    return {f"the {each['in']} parameter {each['name']}": each for each in parameters}


def _resolved(value: Json, document: Json) -> Json:
    """`value`, or what its $ref leads to."""
    while "$ref" in value:
        target: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _merged(schema: Json, document: Json) -> Json:
    """The schema with its references and the members of its allOf joined; annotations are left out."""
    schema = _resolved(schema, document)
    result: Json = {}
    for part in (*(_merged(each, document) for each in schema.get("allOf", [])), schema):
        for name, value in part.items():
            if name == "properties":
                result[name] = result.get(name, {}) | value
            elif name == "required":
                result[name] = sorted({*result.get(name, []), *value})
            elif name != "allOf" and name not in _ANNOTATIONS and not name.startswith("x-"):
                result[name] = value
    return result


def _keywords(old: Json, new: Json, where: str) -> Iterator[str]:
    """Changes of what has no direction, or none that is worth telling apart."""
    for name in sorted((old.keys() | new.keys()) - _COMPARED - {*_LOWER, *_UPPER}):
        if old.get(name) != new.get(name):
            yield f"{where} has another {name}: {new.get(name)!r}, not {old.get(name)!r}"


def _bounds(old: Json, new: Json, direction: Direction, where: str) -> Iterator[str]:
    for name in (*_LOWER, *_UPPER):
        none = -math.inf if name in _LOWER else math.inf
        before, after = old.get(name, none), new.get(name, none)
        narrower = after > before if name in _LOWER else after < before
        if before != after and narrower is (direction == "request"):
            yield f"{where} has another {name}: {new.get(name)}, not {old.get(name)}"


def _values(old: Json, new: Json, direction: Direction, where: str) -> Iterator[str]:
    """Enums and null."""
    before, after = ((set(map(str, each["enum"])) if "enum" in each else None) for each in (old, new))
    first, second = (before, after) if direction == "request" else (after, before)  # the second must allow the first
    if second is not None and (first is None or not first <= second):
        yield f"{where} has other values: {sorted(first ^ second) if first else sorted(second)}"
    if old.get("nullable", False) is (direction == "request") and new.get("nullable", False) is (
        direction != "request"
    ):
        yield f"{where} may {'not ' if direction == 'request' else ''}be null"


def _required(old: Json, new: Json, direction: Direction, where: str) -> Iterator[str]:
    before, after = set(old.get("required", [])), set(new.get("required", []))
    if direction == "request":
        yield from (f"{where}/{name} is required" for name in sorted(after - before))
    else:
        yield from (
            f"{where}/{name} may be absent" for name in sorted(before - after) if name in new.get("properties", {})
        )


def _parts(old: Json, new: Json) -> Iterator[tuple[str, Json, Json | None]]:
    """The schemas inside, old and new (None: gone)."""
    for name, schema in old.get("properties", {}).items():
        yield f"/{name}", schema, new.get("properties", {}).get(name)
    if "items" in old:
        yield "[]", old["items"], new.get("items")
    for name in _ALTERNATIVES:
        for at, schema in enumerate(old.get(name, [])):
            yield f"/{name}/{at}", schema, dict(enumerate(new.get(name, []))).get(at)


def _alternatives(old: Json, new: Json, direction: Direction, where: str) -> Iterator[str]:
    for name in _ALTERNATIVES:
        before, after = len(old.get(name, [])), len(new.get(name, []))
        if after > before and (direction == "response" or before == 0):
            yield f"{where} has another {name}"


def _promises(old: Json, new: Json) -> Iterator[Change]:
    """Statements and assumptions that are gone, and other choices."""
    before, after = _entries(old, "x-statements"), _entries(new, "x-statements")
    yield from (Change(id, "the statement is gone") for id in before if id not in after)
    before, after = _entries(old, "x-assumptions"), _entries(new, "x-assumptions")
    for id, entry in before.items():
        if id not in after:
            yield Change(id, "the assumption is gone")
        elif entry.get("choice") != after[id].get("choice"):
            yield Change(id, f"the choice is {after[id].get('choice')}, not {entry.get('choice')}")


def _entries(value: Any, name: str) -> Mapping[str, Json]:
    """The entries of all lists called `name`, by id."""
    if isinstance(value, list):
        return {id: entry for each in value for id, entry in _entries(each, name).items()}
    if not isinstance(value, dict):
        return {}
    found = {entry["id"]: entry for entry in value.get(name, [])} if isinstance(value.get(name), list) else {}
    return found | {id: entry for each in value.values() for id, entry in _entries(each, name).items()}
