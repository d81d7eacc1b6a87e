"""Reads JSON from outside, bounded in depth: orjson reads 1024 levels but writes only 254, so a value that is nested
deeper could be stored, but never sent."""

from __future__ import annotations

from typing import Any, Final

import orjson

#: Levels of a body. What a body puts into a state is nested deeper there, and in a state file still deeper.
MAX_DEPTH: Final = 64
MAX_FILE_DEPTH: Final = 100


class NotJSON(ValueError):
    """A text is not JSON; the message ends a sentence that starts with its name."""


def parse(content: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """`content` as JSON. Raises NotJSON for bad syntax, bad UTF-8, lone surrogates, NaN, numbers beyond those of a
    double, and values nested deeper than `max_depth`."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise NotJSON(f"is not valid JSON: {error}") from error
    if _is_deeper(value, max_depth):
        raise NotJSON(f"must be nested at most {max_depth} levels deep")
    return value


def _is_deeper(value: Any, depth: int) -> bool:
    """Level by level, because a recursion could itself be too deep."""
    level = [value]
    for _ in range(depth):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
