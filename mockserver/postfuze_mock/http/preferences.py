"""What a single request wishes for: `Prefer: code=503, delay=250` (RFC 7240)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from postfuze_mock.domain.faults.effects import MAX_DELAY

APPLIED = b"preference-applied"
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_QUOTED_PAIR = re.compile(r"\\(.)")


class Preferences(NamedTuple):
    """The preferences that can be followed: to be answered with the failure `code`, and `delay_ms` late."""

    code: int | None = None
    delay_ms: int = 0

    def applied(self) -> bytes:
        """The header that tells the client that they were followed."""
        told = [f"code={self.code}"] if self.code is not None else []
        told += [f"delay={self.delay_ms}"] if self.delay_ms else []
        return ", ".join(told).encode()


NONE = Preferences()


def read(headers: Iterable[tuple[bytes, bytes]]) -> Preferences:
    """The preferences that `headers` name. As the RFC has it, those that are unknown or cannot be followed are ignored,
    and of one that comes twice the first counts."""
    given: dict[str, str] = {}
    for name, value in headers:
        if name == b"prefer":
            for preference, wish in _preferences(value.decode("latin-1")):
                given.setdefault(preference, wish)
    code, delay = _within(given.get("code", ""), 400, 599), _within(given.get("delay", ""), 1, MAX_DELAY)
    return Preferences(code, delay or 0)


def _within(text: str, least: int, most: int) -> int | None:
    number = int(text) if _NUMBER.fullmatch(text) else -1
    return number if least <= number <= most else None


def _preferences(text: str) -> Iterator[tuple[str, str]]:
    """The preferences of one header, and their values; what stands behind a semicolon modifies them, and none of those
    that can be followed."""
    for item in _split(text, ","):
        name, _, value = _split(item, ";")[0].partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = _QUOTED_PAIR.sub(r"\1", value[1:-1])
        yield name.strip().lower(), value


def _split(text: str, separator: str) -> list[str]:
    """The parts of `text` between separators that do not stand within quotes."""
    parts, start, quoted, escaped = [], 0, False, False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
