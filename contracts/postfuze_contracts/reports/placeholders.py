"""What stands in a report for a value that must not show: `‹username 1›`, the same for equal values."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

_PLACEHOLDER: Final = r"‹[^‹›]*›"
_SHORT: Final = 3  # a value of fewer characters is sought only where it stands in quotes or after `=`


class Placeholders:
    """Values and their placeholders, numbered by kind as they turn up.

    In texts, values are sought as whole words, for a name may be part of any word; with `within_words` also as parts of
    others, as a key to which a check appended something.
    """

    def __init__(self, *, within_words: bool = False) -> None:
        self._within_words = within_words
        self._of: dict[str, str] = {}
        self._spellings: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def give(self, kind: str, value: str, *, note: str = "", numbered: bool = True, also: Iterable[str] = ()) -> str:
        """The placeholder of `value`, a new one where it was not seen yet; `also` is how else it is written."""
        if value not in self._of:
            self._counts[kind] += 1
            number = f" {self._counts[kind]}" if numbered else ""
            self._of[value] = f"‹{kind}{number}{note}›"
            self._spellings.update((spelling, self._of[value]) for spelling in (*_spellings(value), *also))
        return self._of[value]

    def find(self, value: str) -> str | None:
        """The placeholder of a value that was seen."""
        return self._of.get(value)

    def within(self, text: str) -> str:
        """`text` with every known value replaced, also where it is written for a URL, JSON or Python."""
        hits = [spelling for spelling in self._spellings if spelling in text]
        if not hits:
            return text
        pattern = re.escape if self._within_words else _pattern
        parts = [_PLACEHOLDER, *(pattern(hit) for hit in sorted(hits, key=len, reverse=True))]
        return re.sub("|".join(parts), lambda found: self._spellings.get(found[0], found[0]), text)


def masked_in(*texts: str) -> list[str]:
    """The placeholders that stand in `texts`, each once."""
    return list(dict.fromkeys(found for text in texts for found in re.findall(_PLACEHOLDER, text)))


def _spellings(value: str) -> Iterator[str]:
    yield value
    safe = value.encode("utf-8", "replace").decode()
    yield quote(safe, safe="")
    yield quote_plus(safe)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]


def _pattern(value: str) -> str:
    if len(value) < _SHORT:
        return rf"(?<=['\"`=‘“]){re.escape(value)}(?=['\"`&’”]|$)"
    before = r"(?<!\w)" if re.match(r"\w", value) else ""
    after = r"(?!\w)" if re.search(r"\w$", value) else ""
    return before + re.escape(value) + after
