"""Reads JSON from outside, bounded in depth: orjson reads 1024 levels but writes only 254, so a value that is nested
deeper could be stored, but never sent."""

from __future__ import annotations

from typing import Any, Final

import orjson

from postfuze_fixtures.depth import is_deeper

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
    # Hardly any body has so many brackets, and counting them costs next to nothing.
    if content.count(b"[") + content.count(b"{") > max_depth and is_deeper(value, max_depth):
        raise NotJSON(f"must be nested at most {max_depth} levels deep")
    return value
