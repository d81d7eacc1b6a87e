"""The command `postfuze-mock`. Exit codes: 0 success, 1 refused (an invalid file, a busy port), 2 wrong usage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    gc.disable()  # imports leave no garbage, and looking for it would take a seventh of the start-up time
    try:
        from postfuze_mock.cli.arguments import parser  # reads openapi.yaml

        options = parser().parse_args(arguments)
        code: int = options.run(options)
    except (ValueError, OSError) as error:  # the message is one sentence
        print(f"postfuze-mock: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return code
