"""The command `postfuze-mock`. Exit codes: 0 done, 1 refused (a bad file, a busy port), 2 wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from postfuze_mock.cli.arguments import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    parsed = parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except (ValueError, OSError) as error:  # every refusal of ours is one sentence
        print(f"postfuze-mock: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return code
