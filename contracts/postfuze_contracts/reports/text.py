"""Formats text for reports, safe for terminals, pages and parsers, on one line or wrapped."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_plus

from postfuze_contracts.model.exchange import Exchange, Request

Line: TypeAlias = list[tuple[str, str]]
"""The pieces of one line on a terminal, with their styles."""

_ENCODED_PLACEHOLDER: Final = re.compile(r"%E2%80%B9(.*?)%E2%80%BA")
_MIN_COLUMNS: Final = 24  # for text, on any terminal
#: What CI servers take for a command: `::error::` at the start of a line (GitHub), `##[error]` and `##vso[…]` anywhere.
_COMMAND: Final = re.compile(r"^(?P<indent>[^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)


def printable(text: str) -> str:
    """`text` with everything that a terminal, a page, a parser or a CI server would act on written as a visible escape,
    except for line ends and tabs: control characters, those that change the direction of text or have no width, line
    and paragraph separators, lone surrogates, and what begins a command of a CI server."""
    if not text.isprintable():
        text = "".join(character if _is_harmless(character) else _escape(character) for character in text)
    return _COMMAND.sub(lambda match: f"{match['indent'] or ''}{_escape(match[0][-1])}", text)


def one_line(text: str, limit: int = 2000) -> str:
    """`text` printable on one line, cut after `limit` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else f"{line[:limit]} …"


def json_text(document: Any) -> str:
    """`document` as JSON for a file or a terminal. It is ASCII, and what would act stands in it as an escape."""
    text = json.dumps(document, indent=2).replace("\x7f", "\\u007f")
    return _COMMAND.sub(r"\\u0023", text)  # a line of it begins with no colon


def curl(request: Request, url: str) -> str:
    """A command that sends `request` again, with readable placeholders."""
    command = request.curl(url.rstrip("/"))
    return printable(_ENCODED_PLACEHOLDER.sub(lambda match: unquote_plus(match[0]), command))


def response(exchange: Exchange, limit: int = 300) -> str:
    """Status and body of a response on one line: `500 {"title": …}`."""
    body = one_line(exchange.response.body[: 4 * limit].decode("utf-8", "replace"), limit)
    return f"{exchange.status} {body}".rstrip()


def number(count: int, noun: str, plural: str | None = None) -> str:
    """`1 response`, `1,200 responses`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """`0.4 s`, `75 s`, `12 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def wrapped(text: str, width: int, *, indent: int, style: str = "") -> Iterator[Line]:
    """`text` in lines of at most `width` columns; the first piece of each line is its indent."""
    for line in textwrap.wrap(text, max(width - indent, _MIN_COLUMNS), break_on_hyphens=False):
        yield [(" " * indent, ""), (printable(line), style)]  # a command may begin only where a line was broken


def entry(name: str, text: str, width: int, *, indent: int = 4, gap: int = 10, style: str = "") -> Iterator[Line]:
    """A name with a text beside it; below it, if the terminal is narrow or the name is longer than the `gap`."""
    beside = len(name) < gap and indent + gap + _MIN_COLUMNS <= width
    lines = list(wrapped(text, width, indent=indent + (gap if beside else 2), style=style))
    if not name:
        pass
    elif beside and lines:
        yield [(" " * indent, ""), (f"{name:<{gap}}", "dim"), *lines.pop(0)[1:]]
    else:
        yield [(" " * indent + name, "dim")]
    yield from lines


def _is_harmless(character: str) -> bool:
    """Spaces of other widths and characters of private use change nothing."""
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) in ("Zs", "Co")


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
