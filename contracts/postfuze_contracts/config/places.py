"""Where the keys of a TOML text stand, for its messages: tomllib does not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#=]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w."'\s-]+?)\s*=""")
_DECODE_ERROR_LINE = re.compile(r"at line (\d+)")


class Places:
    """The lines of a text by dotted path: `target.url`, `waivers.1.reason`."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        for path, line in _paths(text):
            self._lines.setdefault(path, line)
        self._last = max(text.count("\n"), 1)

    def line(self, path: str) -> int:
        """The line of the key at `path`, or of the table that it is in."""
        while path and path not in self._lines:
            path = path.rpartition(".")[0]
        return self._lines.get(path, 1)

    def line_of_error(self, message: str) -> int:
        """The line that a message of tomllib names; the last one where it names the end."""
        found = _DECODE_ERROR_LINE.search(message)
        return int(found[1]) if found else self._last


def _paths(text: str) -> Iterator[tuple[str, int]]:
    table, seen = "", Counter[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _plain(header[2])
            if header[1] == "[[":
                seen[table] += 1
                table = f"{table}.{seen[table] - 1}"
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{_plain(key[1])}" if table else _plain(key[1]), number


def _plain(key: str) -> str:
    """A key without the quotes and spaces that TOML allows."""
    return re.sub(r"""[\s"']""", "", key)
