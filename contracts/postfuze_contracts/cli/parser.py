"""The parser of the command line: its errors name what is most similar, and repeat no key."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from postfuze_contracts.cli import exit_codes
from postfuze_contracts.config.casts import did_you_mean, nearest


class Parser(argparse.ArgumentParser):
    """The command line, or one of its commands, which has the default `run`."""

    suggest_on_error = False  # newer Pythons have suggestions of their own, but none for flags

    def parse_known_args(  # type: ignore[override]  # its overloads are about other namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse does, but refuses unknown arguments here, where the flags that they may stand for are known."""
        words = sys.argv[1:] if args is None else list(args)
        is_command = self.get_default("run") is not None
        if not words and not is_command:
            self.print_help(sys.stderr)
            self.exit(exit_codes.USAGE)
        if not is_command and words[0].startswith("-") and words[0] not in self._option_string_actions:
            self._refuse_flag(words[0])
        options, unknown = super().parse_known_args(words, namespace)
        if unknown:
            name = next((word for word in unknown if word.startswith("-")), unknown[0]).partition("=")[0]
            self.error(f"unrecognized arguments: {' '.join(unknown)}{did_you_mean(name, self._flags())}")
        return options, []

    def error(self, message: str) -> NoReturn:
        """Exit with a message, in which no key that was passed as an argument is repeated."""
        super().error(exit_codes.redacted(message))

    def _refuse_flag(self, flag: str) -> NoReturn:
        near = nearest(flag, self._flags(), cutoff=0.7)
        hint = f"did you mean {near}?" if near else f"it belongs behind a command: {self.prog} COMMAND {flag}"
        self.error(f"unrecognized argument: {flag}; {hint}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            raise argparse.ArgumentError(
                action, f"{error.message}{did_you_mean(value, action.choices or ())}"
            ) from error

    def _flags(self) -> list[str]:
        """Its flags, but for those that help does not show."""
        shown = (action for action in self._actions if action.help != argparse.SUPPRESS)
        return [flag for action in shown for flag in action.option_strings]
