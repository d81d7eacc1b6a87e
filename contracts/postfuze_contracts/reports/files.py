"""Writing a report's file."""

from __future__ import annotations

from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write `text` to `path`; its folder is made where it is missing. OSError as `open` raises it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A lone surrogate, as a broken answer may bring it, is no UTF-8: JSON can say `\\udc80`, the others show that.
    path.write_bytes(text.encode("utf-8", "backslashreplace"))
