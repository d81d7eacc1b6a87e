"""Texts that may quote a file or a request, made fit for a terminal."""

from __future__ import annotations

from typing import Final

_MAX_LENGTH: Final = 2_000  # characters


def printable(text: str) -> str:
    """`text` in one line that leaves the terminal as it is; an ellipsis shows where it was cut."""
    line = text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}…"
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)
