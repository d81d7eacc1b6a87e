"""Markdown to HTML: headings that can be linked to, captions of code, and ids that lead to the reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

#: Finds where a link, or the address of a picture, leads on the page; None if that is nowhere.
Resolve = Callable[[str], str | None]

_ADDRESSES: Final = re.compile(r'\b(src|srcset)="([^"]*)"')
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w -]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its level and the id by which links name it."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's HTML and its headings; the first one is its title."""

    html: str
    headings: tuple[Heading, ...]

    @property
    def title(self) -> str:
        return self.headings[0].text


def render(text: str, resolve: Resolve, references: Mapping[str, str]) -> Rendered:
    """The page that `text` describes. Inline code that is one of `references` becomes a link to its address."""
    tokens = _PARSER.parse(text)
    headings = tuple(_name_headings(tokens))
    for token in tokens:
        if token.type == "html_block":
            token.content = _with_addresses(token.content, resolve)
        elif token.children:
            token.children = list(_linked(_resolved(token.children, resolve), references))
    return Rendered(_PARSER.renderer.render(tokens, _PARSER.options, {}), headings)


def links(text: str) -> list[str]:
    """Where the links of the tables in `text` lead, in their order."""
    depth, found = 0, []
    for token in _PARSER.parse(text):
        depth += {"table_open": 1, "table_close": -1}.get(token.type, 0)
        if depth and token.children:
            found += [str(each.attrGet("href")) for each in token.children if each.type == "link_open"]
    return found


def code(text: str, caption: str = "") -> str:
    """A block of code."""
    block = f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
    return f"<figure><figcaption>{escape(caption)}</figcaption>{block}</figure>\n" if caption else f"{block}\n"


def _name_headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Give the headings the ids that a repository's own pages give them."""
    taken: dict[str, int] = {}
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            name = _NOT_IN_ANCHORS.sub("", text.lower()).replace(" ", "-")
            count = taken[name] = taken.get(name, -1) + 1
            heading = Heading(int(opening.tag[1:]), f"{name}-{count}" if count else name, text)
            opening.attrSet("id", heading.id)
            closing.meta["heading"] = heading
            yield heading


def _resolved(tokens: Iterable[Token], resolve: Resolve) -> Iterator[Token]:
    """The tokens with links that lead somewhere on the site; the others become plain text."""
    dead = False
    for token in tokens:
        if token.type == "link_open":
            address = resolve(str(token.attrGet("href")))
            dead = address is None
            token.attrSet("href", address or "")
        if not (dead and token.type in ("link_open", "link_close")):
            yield token


def _linked(tokens: Iterable[Token], references: Mapping[str, str]) -> Iterator[Token]:
    """The tokens with a link around each id of the reference that is not within a link."""
    in_link = False
    for token in tokens:
        in_link = token.type == "link_open" or (in_link and token.type != "link_close")
        address = references.get(token.content) if token.type == "code_inline" and not in_link else None
        if address is None:
            yield token
        else:
            yield Token("link_open", "a", 1, attrs={"href": address})
            yield token
            yield Token("link_close", "a", -1)


def _with_addresses(html: str, resolve: Resolve) -> str:
    def replace(match: re.Match[str]) -> str:
        return f'{match[1]}="{escape(resolve(match[2]) or "")}"'

    return _ADDRESSES.sub(replace, html)


class _Renderer(RendererHTML):
    """What differs from plain HTML."""

    def fence(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """The words behind the backticks are a language and, if this is a file, its name."""
        return code(tokens[index].content, tokens[index].info.partition(" ")[2])

    def heading_open(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        token = tokens[index]
        return f'<div class="heading"><{token.tag} id="{escape(str(token.attrGet("id")))}">'

    def heading_close(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        token, heading = tokens[index], tokens[index].meta["heading"]
        label = escape(f"Link to “{heading.text}”")
        return f'</{token.tag}><a class="anchor" href="#{escape(heading.id)}" aria-label="{label}">#</a></div>\n'

    def table_open(self, *_: Any) -> str:
        return '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"


_PARSER: Final = MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table")
