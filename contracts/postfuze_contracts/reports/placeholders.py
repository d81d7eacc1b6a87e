"""Placeholders for values that must not appear in a report: `‹username 1›`, the same for equal values."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final
from urllib.parse import quote, quote_plus

from postfuze_mock import spec

_PLACEHOLDER: Final = r"‹[^‹›]*›"
_START: Final = 3  # characters of a spelling by which it is looked up
_MIN_WORD: Final = 3  # characters; in texts, shorter values are replaced only in quotes or after `=`

_NUMBER: Final = re.compile(r"\d{1,3}")  # the sentences are full of statuses and counts
_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCES: Final = frozenset(
    {"choice", "description", "id", "name", "operationId", "question", "statement", "summary", "title"}
)
_NAMED: Final = frozenset({"properties", "schemas"})
_EXAMPLES: Final = frozenset({"default", "example", "examples"})


class Placeholders:
    """Values and their placeholders, numbered by kind in the order of their first use.

    In texts, only whole words are replaced, because a name may be part of any word. With `within_words`, parts of words
    are replaced too, such as a key to which a check appended something.

    A value may also be a word of the harness's own sentences (somebody is called `list`). There, such values are
    replaced only where they are quoted, as checks quote what they name.
    """

    def __init__(self, *, within_words: bool = False) -> None:
        self._within_words = within_words
        self._placeholders: dict[str, str] = {}
        self._spellings: dict[str, str] = {}
        self._lengths: dict[str, set[int]] = {}  # of the spellings, by their start
        self._words: set[str] = set()  # values that may be words of a sentence
        self._counts: Counter[str] = Counter()

    def add(
        self,
        kind: str,
        value: str,
        *,
        note: str = "",
        numbered: bool = True,
        also: Iterable[str] = (),
        word: bool = False,
    ) -> str:
        """The placeholder of `value`, possibly a new one. `also` are other spellings of the value. `word` says that it
        may be a word of a sentence; so are the words of the contract."""
        if value.lower() in vocabulary() or (word and value not in self._placeholders):
            self._words.add(value)
        elif not word:
            self._words.discard(value)
        if value not in self._placeholders:
            self._counts[kind] += 1
            number = f" {self._counts[kind]}" if numbered else ""
            self._placeholders[value] = f"‹{kind}{number}{note}›"
            for spelling in (*_spellings(value), *also):
                self._spellings[spelling] = self._placeholders[value]
                self._lengths.setdefault(spelling[:_START], set()).add(len(spelling))
        return self._placeholders[value]

    def find(self, value: str) -> str | None:
        """The placeholder of `value`, if it has one."""
        return self._placeholders.get(value)

    def replace(self, text: str, *, own: bool = False) -> str:
        """`text` with placeholders for all values, also as spelled in a URL, JSON or Python. `own` says that it is a
        sentence of the harness."""
        hits = self._hits(text)
        if not hits:
            return text
        parts = [_PLACEHOLDER, *(self._pattern(hit, own) for hit in sorted(hits, key=len, reverse=True))]
        return re.sub("|".join(parts), lambda match: self._spellings.get(match[0], match[0]), text)

    def _hits(self, text: str) -> set[str]:
        """The spellings that occur in `text`. Of many spellings, only those that begin like a part of it are tried."""
        if len(self._spellings) <= 4 * len(text):
            return {spelling for spelling in self._spellings if spelling in text}
        starts = ((at, text[at : at + size]) for at in range(len(text)) for size in range(1, _START + 1))
        parts = (text[at : at + length] for at, start in starts for length in self._lengths.get(start, ()))
        return {part for part in parts if part in self._spellings}

    def _pattern(self, value: str, own: bool) -> str:
        if own and (value in self._words or _NUMBER.fullmatch(value)):
            return _quoted(value)
        return re.escape(value) if self._within_words else _whole(value)


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


@cache
def vocabulary() -> frozenset[str]:
    """The words of the contract, in lower case: of its sentences, and the names in it. Examples do not count, because
    they name people."""
    document = spec.load()
    return frozenset(word.lower() for text in _texts(document) for word in _WORD.findall(text))


def _texts(node: object, parent: str = "") -> Iterator[str]:
    """The sentences and names in a part of openapi.yaml, which is the member `parent`."""
    if isinstance(node, dict):
        if parent in _NAMED:
            yield from map(str, node)
        for name, value in node.items():
            if name in _SENTENCES and isinstance(value, str):
                yield value
            elif name not in _EXAMPLES:
                yield from _texts(value, name)
    elif isinstance(node, list):
        for each in node:
            yield from (each,) if parent == "enum" and isinstance(each, str) else _texts(each, parent)


def _quoted(value: str) -> str:
    return rf"(?<=['\"`=‘“]){re.escape(value)}(?=['\"`&’”]|$)"


def _whole(value: str) -> str:
    if len(value) < _MIN_WORD:
        return _quoted(value)
    before = r"(?<!\w)" if re.match(r"\w", value) else ""
    after = r"(?!\w)" if re.search(r"\w$", value) else ""
    return before + re.escape(value) + after
