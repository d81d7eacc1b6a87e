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
_NO_CHARACTER: Final = "\ufffd"


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
    _refuse_depth(document)
    # Only an escape, or a broken encoding, can make one.
    may_have_surrogates = "\\u" in characters or _SURROGATE.search(characters)
    return _without_surrogates(document) if may_have_surrogates else document


def whole(text: str) -> str:
    """`text` with U+FFFD in place of each lone surrogate."""
    return _SURROGATE.sub(_NO_CHARACTER, text)


def _integer(digits: str) -> int:
    if len(digits) <= _DIGITS:
        return int(digits)
    return int(-_GREATEST if digits.startswith("-") else _GREATEST)


def _number(digits: str) -> float:
    return max(-_GREATEST, min(float(digits), _GREATEST))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _refuse_depth(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        containers = [each for each in level if isinstance(each, (dict, list))]
        if not containers:
            return
        level = [child for each in containers for child in (each.values() if isinstance(each, dict) else each)]
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"it is nested deeper than {MAX_DEPTH} levels")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, dict):
        return {whole(name): _without_surrogates(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    return whole(value) if isinstance(value, str) else value
