"""Text of others, made fit to be shown: nothing in it acts on a terminal, a page or a parser."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote_plus

from postfuze_contracts.model.exchange import Exchange, Request

# Those that turn the direction of text can make a line read as something else than it is.
_TURNS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ENCODED: Final = re.compile(r"%E2%80%B9(.*?)%E2%80%BA")


def printable(text: str) -> str:
    """`text` with control characters, except for line ends and tabs, written as escapes."""
    return "".join(character if _harmless(character) else _escape(character) for character in text)


def one_line(text: str, most: int = 2000) -> str:
    """`text` printable on one line, cut after `most` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= most else f"{line[:most]} …"


def curl(request: Request, url: str) -> str:
    """A command that sends `request` again; what was masked in it stays readable."""
    command = request.curl(url.rstrip("/"))
    return printable(_ENCODED.sub(lambda found: unquote_plus(found[0]), command))


def answer(exchange: Exchange, most: int = 300) -> str:
    """Status and body of an answer on one line: `500 {"title": …}`."""
    body = one_line(exchange.response.body[: 4 * most].decode("utf-8", "replace"), most)
    return f"{exchange.status} {body}".rstrip()


def number(count: int, noun: str, plural: str | None = None) -> str:
    """`1 answer`, `1,200 answers`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """`0.4 s`, `75 s`, `12 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def _harmless(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn") and character not in _TURNS


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
