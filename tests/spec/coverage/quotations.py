"""What openapi.yaml quotes from the documents: `from` of statements, assumptions and `x-notes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from postfuze_mock import spec


class Quotation(NamedTuple):
    """Words of a document. `place` is the id of the statement or assumption that rests on them, or, for a note, the
    sentence that says why nothing does. `kind` is `statement`, `hidden` (a statement that HTTP cannot show),
    `assumption` or `note`; `basis` the document: `document`, `around`, or empty for an assumption."""

    words: str
    kind: str
    basis: str
    place: str


def quotations(document: Mapping[str, Any]) -> list[Quotation]:
    """All of them, in the file's order."""
    return [*_of_statements(), *_of_assumptions(document), *_of_notes(document)]


def _of_statements() -> Iterator[Quotation]:
    for statement in spec.statements():
        kind = "statement" if statement.observable else "hidden"
        yield from (Quotation(words, kind, statement.basis, statement.id) for words in statement.words)


def _of_assumptions(document: Mapping[str, Any]) -> Iterator[Quotation]:
    for entry in document.get("x-assumptions", ()):
        yield from (Quotation(words, "assumption", "", entry["id"]) for words in _words(entry.get("from", ())))


def _of_notes(document: Mapping[str, Any]) -> Iterator[Quotation]:
    for entry in document.get("x-notes", ()):
        yield from (Quotation(words, "note", entry["basis"], entry["note"]) for words in _words(entry["from"]))


def _words(source: str | Sequence[str]) -> Sequence[str]:
    return [source] if isinstance(source, str) else source
