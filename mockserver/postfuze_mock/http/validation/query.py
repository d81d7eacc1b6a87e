"""Reading a query string and casting its values strictly, as the operation's parameters say."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,99})", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


def pairs(query: bytes) -> list[tuple[str, str]]:
    """The names and values of `query`, percent-decoded, in their order."""
    result = []
    for part in query.decode("utf-8", "replace").split("&"):
        if part:
            name, _, value = part.partition("=")
            result.append((_decoded(name), _decoded(value)))
    return result


def _decoded(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def cast(text: str, kind: str) -> Any:
    """`text` as the JSON type `kind`; left as it is where it is none, for the schema to refuse.

    Strict, unlike `int()`, which takes `1_0`, a leading blank and digits of other scripts.
    """
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "boolean":
        return _BOOLEANS.get(text, text)
    return text
