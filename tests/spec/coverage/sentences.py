"""Takes a document apart: sentences, rows of tables, and examples as blocks.

One of the two documents is Markdown; in the other, a page copied from a browser, each line is a paragraph or a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

#: Where a sentence ends and another begins; not after "e.g." and the like.
_END: Final = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[A-Z`“\"(])")
_LIST_ITEM: Final = re.compile(r"^\s*(?:[-*]|\d+\.)\s+")
#: Lines that begin an example, and those that go on with it.
_EXAMPLE: Final = re.compile(r"^(?:curl .+|\{)$")
_INSIDE: Final = re.compile(r"^(?:\s|\}|\]|-d )")
_WORD: Final = re.compile(r"[^\W_]+")
#: Words that only join two pieces.
_JOINTS: Final = ("and", "are", "or")


class Unit(NamedTuple):
    """A sentence, a row or a whole example, with normal spaces, and where it begins in the normalized document."""

    text: str
    start: int
    is_example: bool


def normal(text: str) -> str:
    """`text` with one space for all white space, and straight apostrophes."""
    return " ".join(text.replace("’", "'").split())


def units(document: str, *, markdown: bool) -> Iterator[Unit]:
    """The units of a document, in order. Headings and heads of tables, which say nothing, are left out."""
    whole, position = normal(document), 0
    for text, is_example in _texts(document.splitlines(), markdown):
        start = whole.index(text, position)
        position = start + len(text)
        if is_example or not (text.startswith("#") if markdown else text[-1] not in ".!?:"):
            yield Unit(text, start, is_example)


def missing(document: str, pieces: Iterable[str], *, markdown: bool) -> list[str]:
    """The units that the pieces do not cover: of a sentence or row each word must stand in one of them, in an example a
    piece must stand. Behind a unit that is covered in part stand its other words."""
    whole = normal(document)
    covered = bytearray(len(whole))
    marks: list[tuple[int, int]] = []
    for piece in map(normal, pieces):
        for start in _occurrences(whole, piece):
            covered[start : start + len(piece)] = b"\1" * len(piece)
            marks.append((start, start + len(piece)))
    return [
        unit.text + _described(unit, _rest(unit, covered))
        for unit in units(document, markdown=markdown)
        if not _is_covered(unit, covered, marks)
    ]


def _rest(unit: Unit, covered: bytearray) -> list[str]:
    """The words of a sentence or row that no piece has."""
    words = list(_WORD.finditer(unit.text))
    rest = [each.group() for each in words if not all(covered[unit.start + each.start() : unit.start + each.end()])]
    return rest if len(rest) == len(words) else [word for word in rest if word not in _JOINTS]


def _described(unit: Unit, rest: list[str]) -> str:
    is_partial = not unit.is_example and len(rest) < len(_WORD.findall(unit.text))
    return f" [{' '.join(rest)}]" if is_partial else ""


def _is_covered(unit: Unit, covered: bytearray, marks: list[tuple[int, int]]) -> bool:
    end = unit.start + len(unit.text)
    if unit.is_example:
        return any(unit.start <= first and last <= end for first, last in marks) or all(covered[unit.start : end])
    return not _rest(unit, covered)


def _occurrences(whole: str, piece: str) -> Iterator[int]:
    start = whole.find(piece) if piece else -1
    while start >= 0:
        yield start
        start = whole.find(piece, start + 1)


def _texts(lines: list[str], markdown: bool) -> Iterator[tuple[str, bool]]:
    """Paragraphs cut into sentences, and examples; with normal spaces."""
    for block in _blocks(lines, _goes_on_in_markdown if markdown else _goes_on):
        text = normal(" ".join(block))
        is_example = bool(_EXAMPLE.match(block[0]))
        yield from [(text, True)] if is_example else ((each, False) for each in _END.split(text))


def _blocks(lines: list[str], goes_on: Callable[[list[str], str], bool]) -> Iterator[list[str]]:
    """Runs of lines that belong together."""
    block: list[str] = []
    for line in lines:
        if block and not goes_on(block, line):
            yield block
            block = []
        if line.strip():
            block.append(line if block else _LIST_ITEM.sub("", line))
    if block:
        yield block


def _goes_on(block: list[str], line: str) -> bool:
    """Whether `line` belongs to the example above it. All other lines stand alone."""
    return bool(_EXAMPLE.match(block[0]) and _INSIDE.match(line))


def _goes_on_in_markdown(block: list[str], line: str) -> bool:
    is_new = not line.strip() or _LIST_ITEM.match(line) or line.startswith("#") or block[0].startswith("#")
    return not is_new
