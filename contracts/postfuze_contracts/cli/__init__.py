"""The command `postfuze-contracts`. Its exit codes are in `exit_codes`."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: those of the process) and return its exit code."""
    from postfuze_contracts.cli import exit_codes  # here, so that Ctrl-C also ends cleanly while the rest loads

    try:
        from postfuze_contracts.cli.arguments import parser
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    exit_codes.adopt_streams()
    return exit_codes.guarded(parser().parse_args(arguments))
