"""Placeholders for values that must not appear in a report: `‹username 1›`, the same for equal values."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

_PLACEHOLDER: Final = r"‹[^‹›]*›"
_MIN_WORD: Final = 3  # characters; shorter values are replaced only in quotes or after `=`


class Placeholders:
    """Values and their placeholders, numbered by kind in the order of their first use.

    In texts, only whole words are replaced, because a name may be part of any word. With `within_words`, parts of words
    are replaced too, such as a key to which a check appended something.
    """

    def __init__(self, *, within_words: bool = False) -> None:
        self._within_words = within_words
        self._placeholders: dict[str, str] = {}
        self._spellings: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, value: str, *, note: str = "", numbered: bool = True, also: Iterable[str] = ()) -> str:
        """The placeholder of `value`, possibly a new one. `also` are other spellings of the value."""
        if value not in self._placeholders:
            self._counts[kind] += 1
            number = f" {self._counts[kind]}" if numbered else ""
            self._placeholders[value] = f"‹{kind}{number}{note}›"
            self._spellings.update((spelling, self._placeholders[value]) for spelling in (*_spellings(value), *also))
        return self._placeholders[value]

    def find(self, value: str) -> str | None:
        """The placeholder of `value`, if it has one."""
        return self._placeholders.get(value)

    def replace(self, text: str) -> str:
        """`text` with placeholders for all values, also as spelled in a URL, JSON or Python."""
        hits = [spelling for spelling in self._spellings if spelling in text]
        if not hits:
            return text
        pattern = re.escape if self._within_words else _pattern
        parts = [_PLACEHOLDER, *(pattern(hit) for hit in sorted(hits, key=len, reverse=True))]
        return re.sub("|".join(parts), lambda match: self._spellings.get(match[0], match[0]), text)


def placeholders_in(*texts: str) -> list[str]:
    """The placeholders in `texts`, each once."""
    return list(dict.fromkeys(match for text in texts for match in re.findall(_PLACEHOLDER, text)))


def _spellings(value: str) -> Iterator[str]:
    yield value
    safe = value.encode("utf-8", "replace").decode()
    yield quote(safe, safe="")
    yield quote_plus(safe)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]


def _pattern(value: str) -> str:
    if len(value) < _MIN_WORD:
        return rf"(?<=['\"`=‘“]){re.escape(value)}(?=['\"`&’”]|$)"
    before = r"(?<!\w)" if re.match(r"\w", value) else ""
    after = r"(?!\w)" if re.search(r"\w$", value) else ""
    return before + re.escape(value) + after
