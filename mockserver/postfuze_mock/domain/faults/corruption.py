"""How an answer comes out wrong: one place of a JSON document removed, of another type, or of no known value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypedDict


class Corruption(TypedDict):
    """What goes wrong, and how; see `corrupted`."""

    path: str
    how: Literal["remove", "type", "enum"]


#: A value that no enumeration of the API has.
UNHEARD_OF: Final = "unheard_of"
_INDEX: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)


class Missed(LookupError):
    """The document has nothing at that place, or nothing that can go wrong in that way."""


def corrupted(document: Any, corruption: Corruption) -> Any:
    """`document` with its value at `path`, a JSON pointer (RFC 6901), gone wrong; `document` itself stays as it is.

    `remove` takes the member or item away. With `type` a text becomes 0, a number or a truth value its text, null a
    list, an object a list, a list an object. With `enum` a text becomes `UNHEARD_OF`. Raises Missed.
    """
    path = [part.replace("~1", "/").replace("~0", "~") for part in corruption["path"].split("/")[1:]]
    return _corrupted(document, path, corruption["how"])


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
    """What `part` of a pointer means in `document`: the name of a member, or an item's index."""
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
    return UNHEARD_OF


_CHANGES: Final[dict[str, Callable[[Any], Any]]] = {"type": _of_another_type, "enum": _of_no_enumeration}
