"""The shape of responses: JSON types by path, how two shapes differ, and which differences the data explains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from postfuze_mock import spec

Shape = dict[str, set[str]]  # the JSON types of each path; one path for all elements of a list: `data[].id`

_OPAQUE: Final = frozenset({"raw"})  # members whose content comes from the platform
_ECHOES: Final = frozenset({"since", "until"})  # they follow from the request, never from the data
_ISSUES: Final = "errors[]"  # no document says what an issue of `errors` consists of


class ShapeDifference(NamedTuple):
    """A path with the types that each side has there. `explained` says that the data may make this difference, or that
    no document describes the member."""

    path: str
    a: str
    b: str
    nulls: bool
    explained: bool


def shape(value: Any, path: str = "") -> Shape:
    """The JSON types by path, with one path for all elements of a list: `data[].id` → {"string"}."""
    types: Shape = {path: {_type(value)}}
    below: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        below = [(f"{path}.{name}".lstrip("."), each) for name, each in value.items()]
    elif isinstance(value, list):
        below = [(f"{path}[]", each) for each in value]
    for member, each in below:
        opaque = member.rpartition(".")[2] in _OPAQUE
        for name, kinds in ({member: {_type(each)}} if opaque else shape(each, member)).items():
            types.setdefault(name, set()).update(kinds)
    return types


def shape_differences(a: Shape, b: Shape) -> Iterator[ShapeDifference]:
    """The paths of which one side has other types. Members of objects that occur on one side only do not count."""
    # An account without metrics answers with a message: another form, because of other data.
    other_form = ("message" in a) != ("message" in b)
    for path in sorted(a.keys() | b.keys()):
        first, second = a.get(path, set()), b.get(path, set())
        one_sided = not first or not second
        if first == second or (one_sided and not (_comparable(path, a) and _comparable(path, b))):
            continue
        only_nulls = not one_sided and not _types_differ(first, second)
        explained = other_form or _is_explained(path, first, second)
        yield ShapeDifference(path or "body", _types(first), _types(second), only_nulls, explained)


def _types_differ(first: set[str], second: set[str]) -> bool:
    """Whether both sides have values there, of different types."""
    values, others = first - {"null"}, second - {"null"}
    return bool(values and others) and values != others


def _is_explained(path: str, first: set[str], second: set[str]) -> bool:
    member = path.rpartition(".")[2].removesuffix("[]")
    if member in _ECHOES or not path:
        return False
    if path.startswith(_ISSUES) or member not in _members():
        return True
    if first and second:
        return not _types_differ(first, second) and "nullable" in _members()[member]
    return "null" not in first | second and "optional" in _members()[member]


@cache
def _members() -> dict[str, set[str]]:
    """The members of all schemas, by name: whether they are nullable or optional in one of them."""
    members: dict[str, set[str]] = defaultdict(set)
    for schema in spec.load()["components"]["schemas"].values():
        for name, each in schema.get("properties", {}).items():
            members[name] |= {"nullable"} if each.get("nullable") else set()
            members[name] |= {"optional"} if name not in schema.get("required", ()) else set()
    return dict(members)


def _comparable(path: str, shapes: Shape) -> bool:
    """Whether the object with the member `path` occurs. An empty list shows nothing about its elements."""
    return not path.endswith("[]") and "object" in shapes.get(path.rpartition(".")[0], set())


def _types(types: set[str]) -> str:
    return " | ".join(sorted(types, key=lambda name: (name == "null", name))) or "absent"


def _type(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, str):
        return "string"
    return "number" if isinstance(value, (int, float)) else "array" if isinstance(value, list) else "object"
