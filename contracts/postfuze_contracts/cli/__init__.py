"""The command `postfuze-contracts`. What its exit codes mean stands in `exits`."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    from postfuze_contracts.cli import exits  # late, so that a Ctrl-C while the rest loads is still a clean end

    try:
        from postfuze_contracts.cli.arguments import parser
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    return exits.guarded(parser().parse_args(arguments))
