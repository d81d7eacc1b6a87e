"""README.md and the guides below docs/, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tests.docs.examples import Block, Example, blocks, examples, table
from tests.support.processes import ROOT

MOCK_URL: Final = "http://127.0.0.1:8080"
_CODE_BLOCK: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page of the documentation."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def examples(self) -> list[Example]:
        """Its commands, in order."""
        return examples(self.text)

    @cached_property
    def files(self) -> dict[str, Block]:
        """The files that it contains, by name."""
        return {block.file: block for block in blocks(self.text) if block.file}

    @cached_property
    def tests(self) -> list[str]:
        """Its files with tests that none of its own commands runs."""
        names = [name for name in self.files if name.startswith("test_")]
        return [name for name in names if not any(name in example.command for example in self.examples)]

    @cached_property
    def inline_code(self) -> list[str]:
        """Words between backticks, outside of blocks."""
        return re.findall(r"`([^`\n]+)`", _CODE_BLOCK.sub("", self.text))

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may name behind `#`."""
        headings = re.findall(r"^#+ (.+)$", self.text, re.MULTILINE)
        return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @cached_property
    def links(self) -> list[str]:
        return sorted(set(re.findall(r"\]\(([^)\s]+)\)", self.text)))

    def table(self, head: str) -> list[list[str]]:
        """The rows of the table whose first line begins with `head`."""
        return table(self.text, head)


README: Final = Page(ROOT / "README.md")
GUIDES: Final = tuple(Page(path) for path in sorted((ROOT / "docs").glob("*.md")))
PAGES: Final = (README, *GUIDES)
#: Pages whose prose is checked too: they name files, flags and commands.
ALL: Final = (*PAGES, *(Page(ROOT / name) for name in ("ARCHITECTURE.md", "CONTRIBUTING.md")))


def guide(name: str) -> Page:
    """The page docs/NAME.md."""
    return next(page for page in GUIDES if page.path.stem == name)


def with_program(*programs: str) -> list[tuple[Page, Example]]:
    """All examples of these programs, page by page."""
    return [(page, example) for page in PAGES for example in page.examples if example.program in programs]
