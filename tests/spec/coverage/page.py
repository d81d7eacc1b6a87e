"""docs/coverage-of-the-documents.md: what the documents say, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.spec.coverage.quotations import Quotation
from tests.spec.coverage.sentences import normal
from tests.support.processes import ROOT

PAGE: Final = ROOT / "docs" / "coverage-of-the-documents.md"
SCRIPT: Final = "scripts/coverage-of-the-documents"
#: The documents by their basis: the name of the file, and the heading of its section.
DOCUMENTS: Final = {
    "document": ("social-accounts.txt", "The page on social accounts"),
    "around": ("around-social-accounts.md", "The pages around it"),
}
_HEAD: Final = f"""\
# Coverage of the documents

What the documentation says, in its own words, and where it stands in [`openapi.yaml`](../openapi.yaml): at a statement,
which the harness judges; at a statement that HTTP cannot show, which the mock's tests prove; at an assumption, because
the words leave something open; or at a note that says why there is nothing to observe. Made by `{SCRIPT}`.
"""
_KINDS: Final = {"statement": "", "hidden": "hidden: ", "assumption": "open: ", "note": ""}


def render(quotations: Sequence[Quotation]) -> str:
    """The whole page."""
    sections = [
        (title, [each for each in quotations if each.basis == basis]) for basis, (_, title) in DOCUMENTS.items()
    ]
    sections.append(("What the words leave open", [each for each in quotations if not each.basis]))
    return "\n".join([_HEAD, *(f"## {title}\n\n{_table(rows)}" for title, rows in sections if rows)])


def _table(quotations: Iterable[Quotation]) -> str:
    places: dict[str, list[str]] = {}
    for quotation in quotations:
        places.setdefault(normal(quotation.words), []).append(_place(quotation))
    rows = (f"| {_cell(words)} | {', '.join(dict.fromkeys(stands))} |" for words, stands in places.items())
    return "\n".join(["| words | where they stand |", "| --- | --- |", *rows, ""])


def _place(quotation: Quotation) -> str:
    place = quotation.place if quotation.kind == "note" else f"`{quotation.place}`"
    return _KINDS[quotation.kind] + " ".join(place.split())


def _cell(words: str) -> str:
    """Plain text in a cell of a table: no word of a document becomes markup."""
    return "".join(f"\\{character}" if character in r"\|`*_<>[]" else character for character in words)


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    """The name and the text of each document in `folder`."""
    for name, _ in DOCUMENTS.values():
        yield name, (folder / name).read_text(encoding="utf-8")
