"""The command `postfuze-contracts`. What its exit codes mean stands in `exit_codes`."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    from postfuze_contracts.cli import exit_codes  # late, so that a Ctrl-C while the rest loads is still a clean end

    try:
        from postfuze_contracts.cli.arguments import parser
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    return exit_codes.guarded(parser().parse_args(arguments))
