"""A written site, and what its pages link to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.mockserver.cli.conftest import undone

from postfuze_mock.cli import main


class _Parser(HTMLParser):
    """Collects the ids of a page, and all that it links to or loads."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value is not None:
                self.ids.append(value)
            if name in ("href", "src", "srcset") and value is not None:
                self.links.append(value)


@dataclass(frozen=True)
class SitePage:
    """A page of the site, by its path."""

    path: str
    text: str

    @cached_property
    def _parsed(self) -> _Parser:
        parser = _Parser()
        parser.feed(self.text)
        return parser

    @property
    def ids(self) -> list[str]:
        return self._parsed.ids

    @property
    def links(self) -> list[str]:
        return self._parsed.links

    def target(self, link: str) -> tuple[str, str]:
        """The path on the site to which a link leads, and the anchor."""
        parts = urlsplit(link)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), parts.path)) if parts.path else self.path
        return path, unquote(parts.fragment)


class Site:
    """The site in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        self.pages = {
            path: SitePage(path, file.read_text(encoding="utf-8"))
            for path, file in self.files.items()
            if path.endswith(".html")
        }

    def page(self, path: str) -> SitePage:
        """The page at `path`, or the first page of the folder there."""
        return self.pages.get(path) or self.pages[posixpath.normpath(f"{path}/index.html")]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of this checkout."""
    folder = tmp_path_factory.mktemp("site") / "public"
    with undone():
        assert main(["site", str(folder)]) == 0
    return Site(folder)
