"""Commands write what they measured into a marked place of a guide."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import figures

PAGE = "# Page\n\n<!-- Written by `make soak`. -->\n\n| old |\n\n<!-- End. -->\n\nThe rest.\n"


def test_table_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    figures.write(page, "make soak", ("what", "how many"), [("calls", "3")])

    table = "| what | how many |\n| --- | --- |\n| calls | 3 |"
    assert page.read_text(encoding="utf-8") == PAGE.replace("| old |", table)


def test_page_without_a_place_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")

    with pytest.raises(ValueError, match="no place for the figures of `make fuzz`"):
        figures.write(page, "make fuzz", (), [])
    assert page.read_text(encoding="utf-8") == PAGE
