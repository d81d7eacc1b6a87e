"""Lines of text for a terminal: wrapped to its width, and without trailing blanks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

Line = list[tuple[str, str]]  # pieces of text and their styles

_LEAST = 24  # columns that text gets, however narrow the terminal is


def wrapped(text: str, width: int, *, indent: int, style: str = "") -> Iterator[Line]:
    """`text` in lines of at most `width` columns; the first piece of each line is its indent."""
    for line in textwrap.wrap(text, max(width - indent, _LEAST), break_on_hyphens=False):
        yield [(" " * indent, ""), (line, style)]


def entry(name: str, text: str, width: int, *, indent: int = 4, gap: int = 10, style: str = "") -> Iterator[Line]:
    """A name and a text beside it, or below it where there is no room beside."""
    beside = indent + gap + _LEAST <= width
    lines = list(wrapped(text, width, indent=indent + (gap if beside else 2), style=style))
    if not name:
        pass
    elif beside and lines:
        yield [(" " * indent, ""), (f"{name:<{gap}}", "dim"), *lines.pop(0)[1:]]
    else:
        yield [(" " * indent + name, "dim")]
    yield from lines
