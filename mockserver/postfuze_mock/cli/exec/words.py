"""What exec itself says: to stderr, because stdout belongs to the command."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from postfuze_mock.cli.printable import printable

PREFIX: Final = "postfuze-mock: "


def say(sentence: str, lines: Iterable[str] = ()) -> None:
    """Write the sentence and the lines to stderr. If nobody reads it any more, that is no reason to fail."""
    with suppress(OSError):
        print("\n".join([f"{PREFIX}{printable(sentence)}", *map(printable, lines)]), file=sys.stderr, flush=True)
