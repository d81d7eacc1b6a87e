"""The pictures of the guides, and the script that takes them."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from tests.docs.pages import PAGES
from tests.e2e import pictures
from tests.e2e.browser import Browser
from tests.support.processes import ROOT, MockProcess

MOST = 200_000  # bytes of a picture: the installed package has them all


def size(picture: Path) -> tuple[int, int]:
    """Width and height, as they stand in the header of a PNG."""
    header = picture.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", header[16:])
    return width, height


@pytest.mark.slow
def test_the_script_takes_all_pictures(browser: Browser, mock: MockProcess, tmp_path: Path) -> None:
    mock.client("demo").reset()
    pictures.take(browser, pictures.Scene(mock, tmp_path), tmp_path / "pictures")
    files = sorted((tmp_path / "pictures").iterdir())

    assert [file.name for file in files] == sorted(pictures.NAMES)
    assert {size(file) for file in files} == {(pictures.SIZE["width"], pictures.SIZE["height"])}
    assert len({file.read_bytes() for file in files}) == len(files)


def test_the_guides_have_all_pictures() -> None:
    files = sorted(pictures.FOLDER.iterdir())

    assert [file.name for file in files] == sorted(pictures.NAMES)
    assert [file.name for file in files if file.stat().st_size > MOST] == []


def test_every_picture_is_seen_in_light_and_dark() -> None:
    """A guide has the dark one for those who prefer it, beside the light one, with a text for who cannot see either."""
    pattern = re.compile(
        r'<picture>\n<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)-dark.png">\n'
        r'<img src="\1-light.png" alt="[^"]{20,}" width="1280" height="800">\n</picture>'
    )
    places = [page.path.parent / stem for page in PAGES for stem in pattern.findall(page.text)]
    names = [place.resolve().relative_to(ROOT).as_posix() for place in places]

    assert sorted(names) == sorted(f"docs/pictures/{name}" for name in pictures.PICTURES)
    assert sum(page.text.count(".png") for page in PAGES) == 2 * len(names)
