"""What surrounds the text of a page: the reference, the other guides, and the page's own contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from postfuze_mock import __version__
from postfuze_mock.cli.site.markdown import Heading, Rendered
from postfuze_mock.cli.site.sources import root
from postfuze_mock.http.pages.headers import SELF

HERE: Final = Path(__file__).parent
#: A page loads and runs only what the site has.
POLICY: Final = f"default-src 'none'; script-src {SELF}; style-src {SELF}; img-src {SELF}; connect-src {SELF}"
_SECTIONS: Final = (
    ("API", "docs/"),
    ("Webhooks", "docs/webhooks/"),
    ("Control API", "docs/control/"),
    ("Guides", "index.html"),
)
_NAME: Final = "postfuze-mock"
_DEEPEST: Final = 3  # the level of a heading that the contents list


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the list of guides: the title and the address of each."""

    title: str
    guides: tuple[tuple[str, str], ...]


def page(address: str, text: Rendered, groups: Sequence[Group]) -> bytes:
    """The page at `address`."""
    way = root(address)
    title = text.title if text.title == _NAME else f"{text.title}: {_NAME}"
    html = _template().substitute(
        policy=POLICY,
        title=escape(title),
        root=way,
        version=__version__,
        sections="\n".join(_section(label, f"{way}{target}") for label, target in _SECTIONS),
        guides="\n".join(_group(group, address) for group in groups),
        contents=_contents(text.headings),
        article=text.html,
    )
    return html.encode()


@cache
def _template() -> Template:
    return Template((HERE / "page.html").read_text(encoding="utf-8"))


def _section(label: str, target: str) -> str:
    return f'<a href="{target}"{_current(label == "Guides")}>{label}</a>'


def _group(group: Group, address: str) -> str:
    items = "\n".join(
        f'<li><a href="{root(address)}{escape(target)}"{_current(target == address)}>{escape(title)}</a></li>'
        for title, target in group.guides
    )
    return f"<h2>{escape(group.title)}</h2>\n<ul>\n{items}\n</ul>"


def _current(current: bool) -> str:
    return ' aria-current="page"' if current else ""


def _contents(headings: Iterable[Heading]) -> str:
    """The list of the headings below the title; nothing for a page that has at most one."""
    listed = [heading for heading in headings if 1 < heading.level <= _DEEPEST]
    if len(listed) < 2:
        return ""
    items = "\n".join(map(_content, listed))
    return (
        '<nav class="contents" aria-label="On this page">\n<details class="fold" open>\n'
        f"<summary>On this page</summary>\n<h2>On this page</h2>\n<ul>\n{items}\n</ul>\n</details>\n</nav>"
    )


def _content(heading: Heading) -> str:
    deep = ' class="deep"' if heading.level == _DEEPEST else ""
    return f'<li{deep}><a href="#{escape(heading.id)}">{escape(heading.text)}</a></li>'
