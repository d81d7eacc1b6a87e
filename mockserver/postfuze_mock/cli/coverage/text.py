"""The coverage as text: short, by operation, the most useful first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Json = Mapping[str, Any]

MAX_SHOWN: Final = 3  # items of a group with their commands; of the others only the ids are listed
_WIDTH: Final = 110
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def text(document: Json, *, color: bool = False) -> str:
    """What the tests never met, each with a command that meets it. `color` is for terminals."""
    return "\n".join(_Text(color).lines(document)) + "\n"


class _Text:
    def __init__(self, color: bool) -> None:
        self._color = color

    def lines(self, document: Json) -> Iterator[str]:
        yield self._bold("What your tests never met")
        missing = [group for group in document["groups"] if group["met"] < group["total"]]
        for group in missing:
            if not _is_uncalled(group):
                yield from self._group(group)
        yield from self._uncalled([group for group in missing if _is_uncalled(group)])
        yield from self._end(document)

    def _group(self, group: Json) -> Iterator[str]:
        items = [item for item in group["items"] if not item["met"]]
        yield ""
        yield f"{self._bold(_head(group))}: {group['met']} of {group['total']} met{_answers(group)}. Never met:"
        for item in items[:MAX_SHOWN]:
            yield f"  - {item['title']}"
            yield self._dim(f"      {item['try']}")
        yield from _others(items[MAX_SHOWN:])

    def _uncalled(self, groups: Sequence[Json]) -> Iterator[str]:
        if groups:
            yield ""
            yield f"{self._bold('Never called')}, with what there is to meet:"
        for group in groups:
            yield f"  - {_head(group)}: {group['total']}"
            yield self._dim(f"      {group['items'][0]['try']}")

    def _end(self, document: Json) -> Iterator[str]:
        items = [item for group in document["groups"] for item in group["items"]]
        statements = document["statements"]
        exercised = sum(statement["met"] for statement in statements)
        by_fault = sum(item["by_fault"] for item in items)
        yield ""
        if document["met"] < document["total"]:
            yield "The commands need POSTFUZE_URL and POSTFUZE_ORIGIN: `postfuze-mock exec -- sh` is a shell with them."
        yield (
            f"Your tests met {document['met']} of {document['total']} things that the API can show them"
            f"{f', {by_fault} of them only by failures on demand' if by_fault else ''}, "
            f"and exercised {exercised} of {len(statements)} documented statements."
        )
        yield self._bold(f"Coverage: {document['percent']:g} %")

    def _bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_PLAIN}" if self._color else text

    def _dim(self, text: str) -> str:
        return f"{_DIM}{text}{_PLAIN}" if self._color else text


def _is_uncalled(group: Json) -> bool:
    return group["call"] is not None and not group["calls"]


def _head(group: Json) -> str:
    return group["title"] if group["call"] is None else f"{group['id']}, {group['call']}"


def _answers(group: Json) -> str:
    """How often it was called, and what it answered: ` in 12 calls (200: 11, 404: 1)`."""
    if group["call"] is None:
        return ""
    counts = ", ".join(f"{status}: {count}" for status, count in group["answers"].items())
    return f" in {group['calls']:,} call{'' if group['calls'] == 1 else 's'} ({counts})"


def _others(items: Sequence[Json]) -> Iterator[str]:
    if items:
        ids = ", ".join(item["id"] for item in items)
        line = f"and {len(items)} more: {ids}"
        yield from textwrap.wrap(
            line, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
        )
