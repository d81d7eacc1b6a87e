"""Figures in the guides that a command has measured and writes itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

#: Head and rows.
Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def write(page: Path, command: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Replace the table of `command` in `page`, which stands between two comments. Raises ValueError without them."""
    write_tables(page, command, [(head, rows)])


def write_tables(page: Path, command: str, tables: Sequence[Table]) -> None:
    """As `write`, for several."""
    before, start, rest = page.read_text(encoding="utf-8").partition(f"<!-- Written by `{command}`. -->\n")
    _, end, after = rest.partition("<!-- End. -->")
    if not end:
        raise ValueError(f"{page} has no place for the figures of `{command}`")
    written = "".join(f"\n{table(head, rows)}" for head, rows in tables)
    page.write_text("".join([before, start, written, "\n", end, after]), encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The lines of a table in Markdown."""
    return "".join([_line(head), _line(["---"] * len(head)), *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
