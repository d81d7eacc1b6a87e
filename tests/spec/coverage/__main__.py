"""Writes the page; with `--documents`, also lists the sentences that stand nowhere. scripts/coverage-of-the-documents
calls it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.spec.coverage.page import PAGE, SCRIPT, render, sources
from tests.spec.coverage.quotations import Quotation, quotations
from tests.spec.coverage.sentences import missing, normal

from postfuze_mock import spec


def main() -> int:
    arguments = argparse.ArgumentParser(prog=SCRIPT, description=__doc__)
    arguments.add_argument("--documents", type=Path, metavar="FOLDER", help="the folder of the two documents")
    folder = arguments.parse_args().documents
    quoted = quotations(spec.load())
    PAGE.write_text(render(quoted), encoding="utf-8")
    problems = [] if folder is None else [*_missing(folder, quoted), *_misquoted(folder, quoted)]
    sys.stdout.write("\n".join([*problems, f"{len(quoted)} quotations, {len(problems)} problems", ""]))
    return 1 if problems else 0


def _missing(folder: Path, quoted: Sequence[Quotation]) -> list[str]:
    """The sentences that no quotation covers."""
    pieces = [each.words for each in quoted]
    return [
        f"{name}: stands nowhere: {text}"
        for name, document in sources(folder)
        for text in missing(document, pieces, markdown=name.endswith(".md"))
    ]


def _misquoted(folder: Path, quoted: Sequence[Quotation]) -> list[str]:
    """The quotations that no document has."""
    texts = [normal(document) for _, document in sources(folder)]
    return [
        f"{each.place}: no document says: {each.words}"
        for each in quoted
        if not any(normal(each.words) in text for text in texts)
    ]


if __name__ == "__main__":
    sys.exit(main())
