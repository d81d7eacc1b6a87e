"""JSON values that fit a schema, nasty ones, and documents with a nasty value somewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final, NamedTuple

MAX_DEPTH: Final = 8


class Raw(NamedTuple):
    """A value as it is written, because no value of Python is written so."""

    text: str


Path = tuple[str | int, ...]
TIMES: Final = (
    "2026-06-14T12:10:00.000Z", "2026-06-01T06:00:00Z", "1970-01-01T00:00:00Z", "9998-12-31T23:59:59.999Z",
    "2026-06-14T12:10:00+02:00", "2024-02-29T00:00:00Z",
)  # fmt: skip
ODD_TEXTS: Final = (
    "", " ", "\0", "a\0b", "\u202e", "\x1b]0;x\x07", "::error::x", "../..", "%00", "null", "NaN", "1e5", "-1", "0x10",
    "١٢", "é" * 300, "x" * 70_000, "\U0010ffff", "__proto__", "'; DROP TABLE", "{{7*7}}", "http://127.0.0.1:1/",
    "http://[", "javascript:alert(1)", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z",
    "10000-01-01T00:00:00Z", "2026-06-14T12:10:00+99:99", "2026-02-30T00:00:00Z", "2026-06-14",
    "9999-12-31T23:59:59.999-23:59", "2026-06-14T12:10:00.000Z,frozen", "-1-01-01T00:00:00Z", "large", "demo",
)  # fmt: skip
ODD_NUMBERS: Final = (
    "0", "-0", "-0.0", "1", "-1", "10.0", "1.0", "0.0", "3.0", "1e0", "5E0", "1e2", "1.5", "1e-7", "1e15", "1e16",
    "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e20", "1e300", "-1e308",
    "1e400", "1e-400", "0.1e1", "100000000000000000000000000000000000000", "1" * 5_000, "NaN", "Infinity", "-Infinity",
    "01", "+1", "1_000", "0x10",
)  # fmt: skip
ODD_FRAGMENTS: Final = (
    "null", "true", "false", "{}", "[]", "[[]]", "[null]", '{"":null}', '{"a":1,"a":2}', '"\\ud800"', '"\\u0000"',
    '"\\udfff\\ud800"', '{"\\ud800":1}',
    "[" * 200 + "]" * 200, "[" * 50_000 + "]" * 50_000, '{"a":' * 2_000 + "1" + "}" * 2_000,
    "[" + "0," * 20_000 + "0]", '{"__proto__":{"x":1}}', "tru", "", '"', "[1,]", "\ufeff1",
)  # fmt: skip


def nasty(random: Random) -> Raw | str:
    """A value that is hardly ever expected."""
    kind = random.randrange(3)
    if kind == 0:
        return Raw(random.choice(ODD_NUMBERS))
    return random.choice(ODD_TEXTS) if kind == 1 else Raw(random.choice(ODD_FRAGMENTS))


class Samples:
    """Values that fit the schemas of an OpenAPI `document`, mostly. `known` has values by the name of a property or
    parameter that exist on the server."""

    def __init__(self, document: Mapping[str, Any], random: Random, known: Mapping[str, list[Any]]) -> None:
        self.document, self.random, self.known = document, random, known

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """What `node` refers to, if it is a reference."""
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def value(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """A value of `schema`; `name` is that of the property."""
        schema, random = self.resolve(schema), self.random
        if self.known.get(name) and random.random() < 0.5:
            return random.choice(self.known[name])
        if schema.get("nullable") and random.random() < 0.1:
            return None
        if "enum" in schema:
            return random.choice(schema["enum"])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return self.value(random.choice(schema[word]), name, depth)
        if "allOf" in schema:
            parts = [self.value(part, name, depth) for part in schema["allOf"]]
            return {key: value for part in parts if isinstance(part, dict) for key, value in part.items()} or parts[0]
        kind: Any = schema.get("type", "object" if "properties" in schema else "string")
        return self._OF_TYPE.get(kind if isinstance(kind, str) else kind[0], Samples._nothing)(self, schema, depth)

    def _object(self, schema: Mapping[str, Any], depth: int) -> Any:
        properties = schema.get("properties", {})
        required = set(schema.get("required", ()))
        share = self.random.random() if depth < MAX_DEPTH else 0.0
        names = [name for name in properties if name in required or self.random.random() < share]
        return {name: self.value(properties[name], name, depth + 1) for name in names}

    def _array(self, schema: Mapping[str, Any], depth: int) -> Any:
        least = schema.get("minItems", 0)
        size = min(least + (self.random.randrange(3) if depth < MAX_DEPTH else 0), schema.get("maxItems", 9))
        return [self.value(schema.get("items", {}), "", depth + 1) for _ in range(size)]

    def _number(self, schema: Mapping[str, Any], _: int) -> Any:
        low, high = int(schema.get("minimum", -10)), int(schema.get("maximum", 1000))
        return self.random.choice((low, high, self.random.randint(low, high), min(max(1, low), high)))

    def _string(self, schema: Mapping[str, Any], _: int) -> Any:
        match schema.get("format"):
            case "date-time":
                return self.random.choice(TIMES)
            case "uuid":
                return f"{self.random.randrange(8):08x}-0000-4a9f-9b1c-2e7d6f0a1234"
            case "uri":
                return "https://example.com/x.png"
        return self.random.choice(("acme", "tenant_1", "x", "2026-06-01T00:00:00Z", "名前"))

    def _boolean(self, _: Mapping[str, Any], __: int) -> Any:
        return self.random.random() < 0.5

    def _nothing(self, _: Mapping[str, Any], __: int) -> Any:
        return None

    _OF_TYPE: Final[dict[str, Callable[[Samples, Mapping[str, Any], int], Any]]] = {
        "object": _object,
        "array": _array,
        "integer": _number,
        "number": _number,
        "string": _string,
        "boolean": _boolean,
    }


def nodes(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values within `value`."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from nodes(member, (*path, key))


def mutated(value: Any, random: Random) -> Any:
    """`value` with one place changed: a nasty value, a member too few or too many, an item many times."""
    path = random.choice(list(nodes(value)))
    return _changed(value, path, random)


def _changed(value: Any, path: Path, random: Random) -> Any:
    if path:
        copy = value.copy()
        copy[path[0]] = _changed(value[path[0]], path[1:], random)
        return copy
    kind = random.randrange(6)
    if kind == 0 and isinstance(value, dict) and value:
        gone = random.choice(list(value))
        return {name: member for name, member in value.items() if name != gone}
    if kind == 1 and isinstance(value, dict):
        return {**value, random.choice(("x", "", "__proto__", "id", "\u202e")): nasty(random)}
    if kind == 2 and isinstance(value, list) and value:
        return value * random.choice((2, 30, 1_000))
    return nasty(random)


def as_floats(value: Any) -> Any:
    """`value` with each integer written as a float: `10.0`, which JSON Schema takes for an integer."""
    if isinstance(value, dict):
        return {name: as_floats(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_floats(member) for member in value]
    return Raw(f"{value}.0") if isinstance(value, int) and not isinstance(value, bool) else value


def encoded(value: Any) -> bytes:
    """`value` as JSON, or nearly so where it has raw parts."""
    return _text(value).encode("utf-8", "surrogatepass")


def _text(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_text(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value)
