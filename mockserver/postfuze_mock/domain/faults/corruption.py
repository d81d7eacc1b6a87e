"""Corrupting a response: one value of a JSON document is removed, or gets another type or an unknown value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypedDict

from postfuze_mock.spec import pointer_parts


class Corruption(TypedDict):
    """Which value is corrupted (JSON pointer), and how; see `corrupted`."""

    path: str
    how: Literal["remove", "type", "enum"]


#: A value that is in no enumeration of the API.
UNKNOWN_VALUE: Final = "unheard_of"
_INDEX: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)


class Missed(LookupError):
    """The document has no such value, or one that does not allow this corruption."""


def corrupted(document: Any, corruption: Corruption) -> Any:
    """A copy of `document` with the value at `path`, a JSON pointer (RFC 6901), corrupted.

    `remove` removes the member or item. With `type` a string becomes 0, a number or boolean its text, null a list, an
    object a list, a list an object. With `enum` a string becomes `UNKNOWN_VALUE`. Raises Missed.
    """
    return _corrupted(document, pointer_parts(corruption["path"]), corruption["how"])


def _corrupted(document: Any, path: Sequence[str], how: str) -> Any:
    key = _key(document, path[0])
    copy: Any = document.copy()
    if len(path) > 1:
        copy[key] = _corrupted(document[key], path[1:], how)
    elif how == "remove":
        del copy[key]
    else:
        copy[key] = _CHANGES[how](document[key])
    return copy


def _key(document: Any, part: str) -> str | int:
    """`part` of a pointer as a key of `document`: the name of a member, or the index of an item."""
    if isinstance(document, dict) and part in document:
        return part
    if isinstance(document, list) and _INDEX.fullmatch(part) and int(part) < len(document):
        return int(part)
    raise Missed(part)


def _of_another_type(value: Any) -> Any:
    match value:
        case str():
            return 0
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return {}
    return []


def _of_no_enumeration(value: Any) -> str:
    if not isinstance(value, str):
        raise Missed(value)
    return UNKNOWN_VALUE


_CHANGES: Final[dict[str, Callable[[Any], Any]]] = {"type": _of_another_type, "enum": _of_no_enumeration}
