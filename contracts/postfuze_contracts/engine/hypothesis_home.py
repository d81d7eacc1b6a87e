"""Gives Hypothesis a folder of its own, so that it leaves none in the user's, and a table that is costly to make."""

from __future__ import annotations

import gzip
import json
import tempfile
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

#: The characters that UTF-8 can encode, all but surrogates, and those that do not decode to themselves.
_UTF_8: Final[tuple[list[tuple[int, int]], list[tuple[int, int]]]] = ([(0x0, 0xD7FF), (0xE000, 0x10FFFF)], [])


@cache
def prepare() -> tempfile.TemporaryDirectory[str]:
    """Make the folder, which lives as long as this process.

    Hypothesis asks of each of a million characters whether UTF-8 can encode it, unless it finds the answer in a file.
    That takes 200 MB and most of a second. If it does not accept the file, it does so still.
    """
    from hypothesis.configuration import set_hypothesis_home_dir

    folder = tempfile.TemporaryDirectory(prefix="postfuze-contracts-", ignore_cleanup_errors=True)
    table = Path(folder.name, "unicode_data", unicodedata.unidata_version, "codec-v2-utf-8.json.gz")
    table.parent.mkdir(parents=True)
    table.write_bytes(gzip.compress(json.dumps(_UTF_8).encode()))
    set_hypothesis_home_dir(folder.name)
    return folder
