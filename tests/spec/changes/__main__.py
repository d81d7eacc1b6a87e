"""Compares openapi.yaml with that of the last release. Exits with 1 if it breaks something that CHANGELOG.md does not
announce: the list under `### Breaking` of its first section must name each subject between backticks.
scripts/spec_changes calls it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml
from tests.spec.changes.breaking import Change, breaking_changes

RELEASED: Final = Path("releases/openapi.yaml")


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/spec_changes", description=__doc__)
    parser.add_argument("--released", type=Path, metavar="FILE", default=RELEASED, help=f"default {RELEASED}")
    parser.add_argument("--spec", type=Path, metavar="FILE", default=Path("openapi.yaml"), help="default openapi.yaml")
    parser.add_argument("--changelog", type=Path, metavar="FILE", default=Path("CHANGELOG.md"))
    arguments = parser.parse_args(words)
    if not arguments.released.exists():
        sys.stdout.write(f"There is no {arguments.released}: nothing was released yet, so nothing can be broken.\n")
        return 0
    old, new = (yaml.load(path.read_bytes(), yaml.CSafeLoader) for path in (arguments.released, arguments.spec))
    changes = breaking_changes(old, new)
    subjects = announced(arguments.changelog.read_text(encoding="utf-8"))
    sys.stdout.write(_report(changes, subjects))
    return 0 if {change.subject for change in changes} <= subjects else 1


def announced(changelog: str) -> set[str]:
    """What the first section of a changelog names under `### Breaking`."""
    section = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:2]
    lists = re.findall(r"^### Breaking$(.*?)(?=^### |\Z)", "".join(section), re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`\n]+)`", "".join(lists)))


def _report(changes: Sequence[Change], subjects: set[str]) -> str:
    lines = [
        f"{'announced' if change.subject in subjects else 'BREAKING '}  {change.subject}: {change.text}"
        for change in changes
    ]
    count = sum(change.subject not in subjects for change in changes)
    end = f"{len(changes)} breaking changes since the last release, {count} of them not announced in CHANGELOG.md"
    return "\n".join([*lines, end, ""])


if __name__ == "__main__":
    sys.exit(main())
