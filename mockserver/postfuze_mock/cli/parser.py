"""The parser of the command line: says which name is nearest to an unknown one, and lists the commands if none is
given."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from postfuze_fixtures.suggestions import did_you_mean

Value = TypeVar("Value")
_USAGE_ERROR = 2  # as argparse exits


class Parser(argparse.ArgumentParser):
    """A command, or with subcommands the parent of commands; a command has the default `run`."""

    suggest_on_error = False  # Python's own suggestions, of 3.14 and newer, do not cover flags

    def parse_known_args(  # type: ignore[override]  # its overloads are about other namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As argparse does, but refuses unknown arguments here, where the flags that they may stand for are known."""
        words = sys.argv[1:] if args is None else list(args)
        if self.get_default("run") is None:
            self._require_command(words)
        options, unknown = super().parse_known_args(words, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}{did_you_mean(_name(unknown), self._flags())}")
        return options, []

    def _require_command(self, words: Sequence[str]) -> None:
        if not words:
            self.print_help(sys.stderr)
            self.exit(_USAGE_ERROR)
        if words[0].startswith("-") and words[0] not in self._flags():
            hint = (
                did_you_mean(words[0], self._flags())
                or f"; it belongs behind a command: {self.prog} COMMAND {words[0]}"
            )
            self.error(f"unrecognized argument: {words[0]}{hint}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            hint = did_you_mean(value, action.choices or ())
            raise argparse.ArgumentError(action, f"{error.message}{hint}") from error

    def _flags(self) -> list[str]:
        actions = (action for action in self._actions if action.help != argparse.SUPPRESS)
        return [flag for action in actions for flag in action.option_strings]


def _name(unknown: Sequence[str]) -> str:
    """The first unknown flag without its value, or the first argument."""
    flags = (word for word in unknown if word.startswith("-"))
    return next(flags, unknown[0]).partition("=")[0]


def checked(convert: Callable[[Any], Value]) -> Callable[[str], Value]:
    """`convert` for argparse, which would replace the message of a plain ValueError."""

    def convert_text(text: str) -> Value:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}; it is {text!r}") from error

    return convert_text
