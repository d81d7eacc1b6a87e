"""Where the documentation is: at the root of a checkout, or packed into an installation; and where each of its files
stands on the site."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

import postfuze_mock

README: Final = "README.md"
GUIDES: Final = "docs"
PICTURES: Final = "docs/pictures"
#: The specification is on the site as it is; other files get a page that shows them.
SPECIFICATION: Final = "openapi.yaml"

_PACKAGE: Final = Path(postfuze_mock.__file__).parent
_PACKED: Final = _PACKAGE / "_data" / "site"
_CHECKOUT: Final = _PACKAGE.parents[1]


class Sources:
    """The documentation's files, by their path in the repository."""

    def __init__(self) -> None:
        # First the packed ones: the folders above an installed package may contain another README.md.
        self.root = _PACKED if _PACKED.is_dir() else _CHECKOUT

    def file(self, path: str) -> Path | None:
        """The file at `path`; None if this installation does not have it."""
        # An installation has the packages side by side, a checkout each in its source root.
        packaged = _PACKAGE.parent.joinpath(*PurePosixPath(path).parts[1:])
        candidates = (self.root / path, packaged if self.root == _PACKED else None)
        return next((each for each in candidates if each is not None and each.is_file()), None)

    def text(self, path: str) -> str | None:
        """The content of the file at `path`; None if this installation does not have it."""
        file = self.file(path)
        return None if file is None else file.read_text(encoding="utf-8")

    def below(self, folder: str, pattern: str) -> list[str]:
        """The paths of the files in `folder` whose names match `pattern`."""
        files = sorted((self.root / folder).glob(pattern))
        return [file.relative_to(self.root).as_posix() for file in files]


def address(source: str) -> str:
    """The path on the site of what stands at `source` in the repository."""
    path = PurePosixPath(source)
    if source == README:
        return "index.html"
    if source == SPECIFICATION:
        return source
    if path.is_relative_to(PICTURES):
        return path.relative_to(GUIDES).as_posix()
    if path.suffix != ".md":
        return f"files/{source}.html"
    stem = "index" if path.name == README else path.stem.lower()
    folder = PurePosixPath("guides") / path.parent.relative_to(GUIDES) if path.is_relative_to(GUIDES) else "project"
    return f"{folder}/{stem}.html"


def root(address: str) -> str:
    """The way from the page at `address` to the root of the site: `../` of `guides/harness.html`."""
    return "../" * address.count("/")
