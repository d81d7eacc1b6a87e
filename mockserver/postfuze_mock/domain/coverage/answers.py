"""Conditions on the body of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

_ABSENT: Final = object()


class Answer:
    """A test of bodies, in the words of `items.yaml`.

    Few bodies pass, so it looks for the text of each member before it parses one. That is safe, because the mock writes
    JSON without spaces, and in a string quotes are escaped. `texts` are in each body that passes.
    """

    WORDS: Final = ("answer", "has", "lacks", "empty", "filled")

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self.values: Mapping[str, Any] = parts.get("answer", {})
        self.has, self.lacks, self.empty, self.filled = (tuple(parts.get(word, ())) for word in self.WORDS[1:])
        self.texts = tuple(
            [_member(path) + orjson.dumps(value) for path, value in self.values.items()]
            + [_member(path) for path in self.has if "." not in path]
            + [_member(path) + b"[]" for path in self.empty]
            + [_member(path) + b"[{" for path in self.filled]
        )
        self._absent = tuple((_member(path), _member(path) + b"null") for path in self.lacks)

    def __call__(self, body: bytes) -> bool:
        if not all(text in body for text in self.texts):
            return False
        if any(text in body and null not in body for text, null in self._absent):
            return False
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return False
        return self._describes(document)

    def _describes(self, document: Any) -> bool:
        return (
            all(_lookup(document, path) == value for path, value in self.values.items())
            and all(_lookup(document, path) not in (None, _ABSENT) for path in self.has)
            and all(_lookup(document, path) in (None, _ABSENT) for path in self.lacks)
            and all(_lookup(document, path) == [] for path in self.empty)
            and all(_lookup(document, path) not in (None, _ABSENT, []) for path in self.filled)
        )


def _member(path: str) -> bytes:
    return b'"%b":' % path.rpartition(".")[2].encode()


def _lookup(document: Any, path: str) -> Any:
    """The value at a path with dots: names of members, and indexes of items."""
    for part in path.split("."):
        if isinstance(document, dict):
            document = document.get(part, _ABSENT)
        elif isinstance(document, list) and part.isdecimal():
            document = document[int(part)] if int(part) < len(document) else _ABSENT
        else:
            return _ABSENT
    return document
