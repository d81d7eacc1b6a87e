"""The guides: README.md first, the others in its order, then what is about the project itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import partial
from urllib.parse import urlsplit

from postfuze_mock.cli.site import frame, markdown
from postfuze_mock.cli.site.frame import Group
from postfuze_mock.cli.site.markdown import Heading, Rendered
from postfuze_mock.cli.site.sources import GUIDES, README, Sources, address, root

_DECISIONS = f"{GUIDES}/decisions"
_PROJECT = ("ARCHITECTURE.md", "CONTRIBUTING.md", f"{_DECISIONS}/README.md", "SECURITY.md", "CHANGELOG.md")
_SPECIFICATION = "openapi.yaml"


class Guides:
    """The pages of all guides, and of the files to which they link. Code that is one of `references` leads to its
    address. `missing` has the files to which the guides would link, but which this installation does not have. Raises
    OSError (one sentence) without README.md."""

    def __init__(self, sources: Sources, references: Mapping[str, str]) -> None:
        self.missing: set[str] = set()
        self._sources = sources
        self._references = references
        self._files: dict[str, Rendered] = {}  # to which the guides link
        self._listed: list[str] = []  # in the tables of README.md
        self._guides = self._rendered()

    def pages(self) -> dict[str, bytes]:
        """Each page by its address."""
        groups = self._groups()
        texts = {**self.texts, **{address(source): text for source, text in self._files.items()}}
        return {path: frame.page(path, text, groups) for path, text in sorted(texts.items())}

    @property
    def texts(self) -> dict[str, Rendered]:
        """The guides by their addresses."""
        return {address(source): text for source, text in self._guides.items()}

    def _rendered(self) -> dict[str, Rendered]:
        readme = self._sources.text(README)
        if readme is None:
            raise OSError(f"this installation is incomplete: it has no {README}")
        self._listed = [posixpath.normpath(link.partition("#")[0]) for link in markdown.links(readme)]
        others = (*self._sources.below(GUIDES, "*.md"), *_PROJECT, *self._sources.below(_DECISIONS, "*.md"))
        texts = {source: self._sources.text(source) for source in dict.fromkeys([README, *self._listed, *others])}
        return {source: self._render(source, text) for source, text in texts.items() if text is not None}

    def _render(self, source: str, text: str) -> Rendered:
        way = root(address(source))
        ids = {id: f"{way}{target}" for id, target in self._references.items()}
        return markdown.render(text, partial(self._resolve, source), ids)

    def _resolve(self, source: str, link: str) -> str | None:
        """The way from the page of `source` to where its `link` leads; None if that is not on the site."""
        path, _, anchor = link.partition("#")
        if urlsplit(link).scheme or not path:
            return link
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if not self._has(target):
            self.missing.add(target)
            return None
        return root(address(source)) + address(target) + (f"#{anchor}" if anchor else "")

    def _has(self, target: str) -> bool:
        """Whether the site has `target`, perhaps as a page that is made for this link."""
        file = self._sources.file(target)
        if file is not None and address(target).startswith("files/") and target not in self._files:
            block = markdown.code(file.read_text(encoding="utf-8"))
            self._files[target] = Rendered(f"<h1>{target}</h1>\n{block}", (Heading(1, "", target),))
        return file is not None or target == _SPECIFICATION

    def _groups(self) -> list[Group]:
        """The list of guides that stands on each page."""
        others = [source for source in self._guides if not source.startswith(f"{_DECISIONS}/")]
        project = [source for source in (*_PROJECT, *others) if source not in (README, *self._listed)]
        parts = {"Guides": (README, *self._listed), "The project": dict.fromkeys(project)}
        return [Group(title, tuple(self._entries(sources))) for title, sources in parts.items()]

    def _entries(self, sources: Iterable[str]) -> list[tuple[str, str]]:
        texts = {source: self._guides[source] for source in sources if source in self._guides}
        return [("Overview" if each == README else text.title, address(each)) for each, text in texts.items()]
