"""All files of the site, in memory: the reference as the server has it, the specifications, and the guides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from postfuze_mock import __version__, spec
from postfuze_mock.app import documents
from postfuze_mock.cli.site import not_found, search
from postfuze_mock.cli.site.guides import Guides
from postfuze_mock.cli.site.references import references
from postfuze_mock.cli.site.sources import PICTURES, Sources, address, root
from postfuze_mock.control import spec as control_spec
from postfuze_mock.http.pages import reference
from postfuze_mock.http.pages.routes import FORMATS

_HERE: Final = Path(__file__).parent
_ASSETS: Final = ("guide.css", "guide.js")
#: What the reference asks of a server. A site has none, so there is nothing to send calls to; but it has the guides.
_FACTS: Final[dict[str, object]] = {
    "version": __version__,
    "guides": "index.html",
    "assumptions": {},
    **dict.fromkeys(("api", "key", "control", "console")),
}


@dataclass(frozen=True, slots=True)
class Content:
    """The files by their path on the site, and what is missing because this installation does not have it."""

    files: dict[str, bytes]
    missing: tuple[str, ...]


def content() -> Content:
    """The site. Equal releases have equal bytes."""
    sources = Sources()
    ids = references()
    guides = Guides(sources, ids)
    pictures = [(path, sources.file(path)) for path in sources.below(PICTURES, "*.png")]
    files = {
        **_reference(),
        **_specifications(),
        **guides.pages(),
        **{address(path): file.read_bytes() for path, file in pictures if file is not None},
        **{f"guides/{name}": (_HERE / name).read_bytes() for name in _ASSETS},
        "guides/search.json": orjson.dumps(search.entries(guides.texts, ids)),
        "404.html": not_found.page(),
        ".nojekyll": b"",  # or GitHub Pages would leave out what begins with an underscore
    }
    return Content(files, tuple(sorted(guides.missing)))


def _reference() -> dict[str, bytes]:
    """The pages at the paths that they have on a server."""
    pages = {f"{path.removeprefix('/')}/index.html": document for path, document in reference.PAGES.items()}
    return {
        **{path: reference.page(root(path), document).encode() for path, document in pages.items()},
        **{path: file.read_bytes() for path, file in reference.files().items()},
        reference.FACTS.removeprefix("/"): orjson.dumps(_FACTS),
    }


def _specifications() -> dict[str, bytes]:
    specifications = documents(spec.load(), control_spec.load(spec.load()))
    return {
        f"{stem.removeprefix('/')}.{format}": getattr(document, format)
        for stem, document in specifications.items()
        for format in FORMATS
    }
