"""The command `postfuze-contracts`. Its exit codes are in `exit_codes`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

#: What the extra installs; a test holds it equal to pyproject.toml.
EXTRA: Final = ("httpx", "hypothesis", "rich", "schemathesis")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: those of the process) and return its exit code."""
    if any(find_spec(package) is None for package in EXTRA):
        print(
            "postfuze-contracts: the harness needs more packages; install them with "
            "pip install 'postfuze-mock[contracts]'",
            file=sys.stderr,
        )
        return 2  # as `exit_codes.USAGE`, which cannot be imported without them
    from postfuze_contracts.cli import exit_codes  # here, so that Ctrl-C also ends cleanly while the rest loads

    try:
        from postfuze_contracts.cli.arguments import parser
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    exit_codes.adopt_streams()
    return exit_codes.guarded(parser().parse_args(arguments))
