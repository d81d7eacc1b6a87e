"""Reads JSON that somebody else wrote, so that all later code may treat it as plain data.

Whatever the bytes are, the result is a document that is not too deep to walk, whose numbers are finite and whose
strings have a UTF-8; or else one ValueError with a sentence.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Final, NoReturn

#: Levels of nesting. Functions that walk a document call themselves a few times for each, and Python allows a thousand.
MAX_DEPTH: Final = 100
_GREATEST: Final = sys.float_info.max
_DIGITS: Final = 308  # of the integers that a double can hold; Python itself refuses to read more than 4,300
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
NO_CHARACTER: Final = "\ufffd"  # in place of a lone surrogate


class Object(dict[str, Any]):
    """A JSON object. It can stand in a set, because checks collect the values of members that should be texts. Nothing
    changes it."""

    def __hash__(self) -> int:  # type: ignore[override]
        return len(self)


class Array(list[Any]):
    """A JSON array, which can stand in a set as well."""

    def __hash__(self) -> int:  # type: ignore[override]
        return len(self)


def parse(text: bytes) -> Any:
    """The document. What JSON allows and nobody can use is replaced by the nearest that one can: a lone surrogate by
    U+FFFD, a number beyond a double's range (RFC 8259, section 6) by the greatest. Raises ValueError."""
    try:
        characters = text.decode(json.detect_encoding(text), "surrogatepass")
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is no {error.encoding.upper()}") from None
    try:
        document = json.loads(characters, parse_int=_integer, parse_float=_number, parse_constant=_refuse)
    except RecursionError:
        raise _too_deep() from None
    return _plain(document, 0)


def _whole(text: str) -> str:
    """`text` with U+FFFD in place of each lone surrogate."""
    return _SURROGATE.sub(NO_CHARACTER, text)


def _integer(digits: str) -> int:
    if len(digits) <= _DIGITS:
        return int(digits)
    return int(-_GREATEST if digits.startswith("-") else _GREATEST)


def _number(digits: str) -> float:
    return max(-_GREATEST, min(float(digits), _GREATEST))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _plain(value: Any, depth: int) -> Any:
    """A part of a document, inside so many others."""
    if isinstance(value, str):
        return value if value.isascii() else _whole(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth == MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, dict):
        return Object((_plain(name, depth), _plain(each, depth + 1)) for name, each in value.items())
    return Array(_plain(each, depth + 1) for each in value)


def _too_deep() -> ValueError:
    return ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
