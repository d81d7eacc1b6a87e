"""The command `postfuze-mock`. Exit codes: 0 success, 1 refused (an invalid file, a busy port), 2 wrong usage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

_MAX_MESSAGE = 2_000  # characters


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    gc.disable()  # imports leave no garbage, and looking for it would take a seventh of the start-up time
    try:
        from postfuze_mock.cli.arguments import parser  # reads openapi.yaml

        options = parser().parse_args(arguments)
        code: int = options.run(options)
    except (ValueError, OSError) as error:  # the message is one sentence
        print(f"postfuze-mock: {_printable(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return code


def _printable(text: str) -> str:
    """`text` in one line that leaves the terminal as it is, although it may quote a file."""
    line = text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}…"
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)
