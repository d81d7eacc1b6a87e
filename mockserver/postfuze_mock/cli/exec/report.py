"""What `--coverage` asks for."""

from __future__ import annotations

from typing import Final, NamedTuple

FORMATS: Final = ("text", "json", "html")


class Report(NamedTuple):
    """A report to write; without a path it goes to stderr."""

    format: str
    path: str | None

    @classmethod
    def parse(cls, text: str) -> Report:
        """`text`, or `FORMAT=PATH`. Raises ValueError."""
        format, separator, path = text.partition("=")
        if format not in FORMATS or bool(separator) != bool(path) or not (path or format == "text"):
            raise ValueError("must be text, text=PATH, json=PATH or html=PATH")
        return cls(format, path or None)

    def __str__(self) -> str:
        return self.format if self.path is None else f"{self.format}={self.path}"
