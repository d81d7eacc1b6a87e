"""The elements of the page. All text is escaped here."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import Final

from postfuze_contracts.reports.text import one_line, printable

_CODE: Final = re.compile(r"`([^`]+)`")


def text(text: str) -> str:
    """`text` escaped, with everything that would act written as a visible escape."""
    return escape(printable(text))


def prose(words: str) -> str:
    """A text of openapi.yaml on one line, with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", text(" ".join(words.split())))


def code(words: str) -> str:
    return f"<code>{text(words)}</code>"


def link(words: str, url: str | None) -> str:
    """A link to the published reference; plain words if its address is not known."""
    return text(words) if url is None else f'<a href="{text(url)}" rel="noreferrer">{text(words)}</a>'


def copyable(content: str, label: str) -> str:
    """A block of HTML, to which the script adds a button that copies its text."""
    return f'<div class="copyable" data-label="{text(label)}"><pre>{content}</pre></div>'


def section(id: str, title: str, content: str, about: str = "") -> str:
    """A section with a heading; empty if it has no content."""
    if not content:
        return ""
    lead = f'<p class="about">{text(about)}</p>' if about else ""
    heading = f'<h2 id="{id}-title">{text(title)}</h2>'
    return f'<section id="{id}" aria-labelledby="{id}-title">{heading}{lead}{content}</section>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML, which becomes a list of its rows on a narrow screen; empty if it has no rows."""
    body = "".join(_row(heads, row) for row in rows)
    head = "".join(f'<th scope="col">{text(each)}</th>' for each in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if body else ""


def _row(heads: Sequence[str], cells: Sequence[str]) -> str:
    columns = (f'<td data-head="{text(head)}">{cell}</td>' for head, cell in zip(heads, cells, strict=True))
    return f'<tr class="item">{"".join(columns)}</tr>'


def sentence(words: str) -> str:
    """`words` on one line, with a capital letter and a full stop."""
    line = capital(words)
    return line if line.endswith((".", "?", "!")) else f"{line}."


def capital(words: str) -> str:
    """`words` on one line, with a capital letter."""
    line = one_line(words)
    return f"{line[:1].upper()}{line[1:]}"


def part(name: str) -> str:
    """A file of the page."""
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def source(inline: str) -> str:
    """The source of an inline style or script in a content security policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}"
