"""The page for an address that the site does not have. A host shows it at any depth, so it loads no other file."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

from postfuze_mock.cli.coverage.page import policy_source

_HERE: Final = Path(__file__).parent


def page() -> bytes:
    """The page; its script looks for the first page of the site in the folders above."""
    style, script = _text("not_found.css"), _text("not_found.js")
    own = f"style-src '{policy_source(style)}'; script-src '{policy_source(script)}'"
    policy = f"default-src 'none'; {own}; connect-src 'self'; img-src data:"
    return Template(_text("not_found.html")).substitute(policy=policy, style=style, script=script).encode()


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
