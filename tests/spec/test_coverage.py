"""How documents are taken apart and compared with what openapi.yaml quotes, and that the page is up to date."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.coverage.page import PAGE, SCRIPT, render
from tests.spec.coverage.quotations import Quotation, quotations
from tests.spec.coverage.sentences import missing, units

from postfuze_mock import spec

PAGE_TEXT = """List things

GET /things

Returns things, newest first (e.g. A before B). Deleted ones are left out.

FieldTypeDescription
idstringThe thing’s id.
namestring | nullIts name.
curl
curl https://example.com/things \\
  -H "Authorization: Bearer …"
200 OK
{
  "data": [
    {"id": "1"}
  ]
}

When there is none:

Reports them.
"""
MARKDOWN = """# Things

## Lists
- One sentence
  over two lines. Another: it goes on.
- `200 {"ok": true}`

A paragraph
over two lines.
"""


def texts(document: str, *, markdown: bool = False) -> list[str]:
    return [unit.text for unit in units(document, markdown=markdown)]


def test_page_falls_into_sentences_rows_and_examples() -> None:
    assert texts(PAGE_TEXT) == [
        "Returns things, newest first (e.g. A before B).",
        "Deleted ones are left out.",
        "idstringThe thing's id.",
        "namestring | nullIts name.",
        'curl https://example.com/things \\ -H "Authorization: Bearer …"',
        '{ "data": [ {"id": "1"} ] }',
        "When there is none:",
        "Reports them.",
    ]


def test_markdown_falls_into_sentences() -> None:
    assert texts(MARKDOWN, markdown=True) == [
        "One sentence over two lines.",
        "Another: it goes on.",
        '`200 {"ok": true}`',
        "A paragraph over two lines.",
    ]


@pytest.mark.parametrize(
    "pieces",
    [
        ["One sentence over two lines. Another: it goes on."],
        ["One sentence", "over two lines", "Another: it\n  goes on"],
        ["One sentence over", "sentence over two lines. Another: it goes on."],
    ],
    ids=["whole", "pieces", "overlapping"],
)
def test_pieces_cover_sentences(pieces: list[str]) -> None:
    assert missing(MARKDOWN, [*pieces, "A paragraph over two lines.", '{"ok": true}', "200"], markdown=True) == []


def test_sentence_with_a_word_left_over_is_missing() -> None:
    pieces = ["Returns things, newest first", "(e.g. A before B)", "Deleted ones are"]
    assert "Deleted ones are left out. [left out]" in missing(PAGE_TEXT, pieces, markdown=False)
    assert "Returns things, newest first (e.g. A before B)." not in missing(PAGE_TEXT, pieces, markdown=False)


def test_example_is_covered_by_a_piece_of_it() -> None:
    left = missing(PAGE_TEXT, ['{"id": "1"}'], markdown=False)
    assert not any(text.startswith("{") for text in left)
    assert any(text.startswith("curl") for text in left)


def test_page_names_each_place_once_and_escapes_the_words() -> None:
    rows = [
        Quotation("a | b", "statement", "document", "list.a"),
        Quotation("a |  b", "hidden", "document", "list.b"),
        Quotation("a", "note", "around", "Only a heading."),
        Quotation("a", "assumption", "", "list.c"),
    ]
    page = render(rows)

    assert r"| a \| b | `list.a`, hidden: `list.b` |" in page
    assert "| a | Only a heading. |" in page
    assert "| a | open: `list.c` |" in page


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(quotations(spec.load())), f"call {SCRIPT}"


def test_notes_have_a_source_and_a_reason() -> None:
    notes: list[dict[str, Any]] = spec.load()["x-notes"]
    for note in notes:
        assert set(note) == {"basis", "from", "note"}, note
        assert note["basis"] in ("document", "around")
        assert note["note"].strip().endswith("."), note
