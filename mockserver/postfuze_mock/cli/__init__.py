"""The command `postfuze-mock`. Exit codes: 0 done, 1 refused (a bad file, a busy port), 2 wrong usage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    gc.disable()  # what is imported stays: to look for garbage in it takes a seventh of the start
    from postfuze_mock.cli.arguments import parser

    parsed = parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except (ValueError, OSError) as error:  # every refusal of ours is one sentence
        print(f"postfuze-mock: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return code
