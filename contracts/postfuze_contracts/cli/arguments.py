"""The flags, and which function runs each command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, get_args

from postfuze_contracts.cli import diff, explain, init, listing, replay, run
from postfuze_contracts.cli.exit_codes import concealed
from postfuze_contracts.cli.outputs import FORMATS
from postfuze_contracts.config import FILE_NAME, casts
from postfuze_contracts.model.options import Access, Profile
from postfuze_mock import __version__

_EXAMPLES = """\
examples:
  postfuze-contracts run --url https://api.example.com/api/v1 --key-env POSTFUZE_KEY
  postfuze-contracts run --profile ci --report junit=contracts.xml --report markdown=summary.md
  postfuze-contracts explain list.newest-first
  postfuze-contracts diff http://127.0.0.1:8080/api/v1 https://api.example.com/api/v1 --key-env-a MOCK_KEY
  postfuze-contracts init
"""
_RUN = f"""\
Settings come from flags, then from POSTFUZE_* variables (POSTFUZE_URL, POSTFUZE_KEY, POSTFUZE_KEY_READ_ONLY …), then
from {FILE_NAME}. Keys are never given as arguments, for everyone on the machine can read those.

exit codes: 0 all judged statements pass; 1 a statement failed, or a waiver is expired; 2 wrong usage or configuration;
3 the target cannot be reached, refuses the key, or nothing could be judged; 4 a statement of --require stayed blocked;
5 a fault of the harness; 130 interrupted.

examples:
  postfuze-contracts run --url http://127.0.0.1:8080/api/v1 --key-env POSTFUZE_KEY
  postfuze-contracts run --only list,get.unknown --require all
  postfuze-contracts run --access full --dry-run
  postfuze-contracts run --profile deep --rate 5 --max-time 600 --report json=run.json --report html=run.html
"""


class _Parser(argparse.ArgumentParser):
    """Does not repeat a key that was given as an argument."""

    def error(self, message: str) -> NoReturn:
        super().error(concealed(message))


class _NoKey(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        parser.error("keys are not given as arguments; put it into a variable and give its name: --key-env NAME")


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = _parser("postfuze-contracts", "Says, statement by statement, whether a deployment keeps the contract.")
    top.add_argument("--version", action="version", version=f"postfuze-contracts {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _run(_command(commands, "run", "Check a deployment.", run.run, _RUN))
    _list(_command(commands, "list", "List the statements and what each needs.", listing.run, _list_epilog()))
    _explain(
        _command(
            commands,
            "explain",
            "Explain a statement: how it is checked, and what that needs.",
            explain.run,
            "examples:\n  postfuze-contracts explain delete.needs-scope\n",
        )
    )
    _replay(
        _command(
            commands,
            "replay",
            "Run what failed again, from a JSON report.",
            replay.run,
            "examples:\n  postfuze-contracts replay run.json --key-env POSTFUZE_KEY\n",
        )
    )
    _diff(
        _command(
            commands,
            "diff",
            "Make the same reading calls to two deployments and tell where they differ.",
            diff.run,
            "exit codes: 0 no difference, 1 some; else as for run.\n\nexamples:\n"
            "  postfuze-contracts diff http://127.0.0.1:8080/api/v1 https://api.example.com/api/v1"
            " --key-env-a MOCK_KEY --key-env-b POSTFUZE_KEY\n",
        )
    )
    made = _command(commands, "init", f"Write a commented {FILE_NAME}.", init.run, "It never overwrites a file.\n")
    made.add_argument("file", metavar="FILE", nargs="?", default=FILE_NAME, help=f"default {FILE_NAME}")
    return top


def _run(command: argparse.ArgumentParser) -> None:
    _target(command)
    _bounds(command)
    add = command.add_argument
    add("--only", metavar="ID,…", help="judge only these statements; a beginning stands for all that begin so")
    add("--require", metavar="ID,…|all", help="exit with 4 if one of these stays blocked")
    add("--strict", action="store_true", help="let a flaky statement fail the run")
    add("--dry-run", action="store_true", help="print the plan and send nothing")
    add(
        "--report",
        metavar="FORMAT=PATH",
        action="append",
        default=[],
        help=f"write a report: {', '.join(FORMATS)} (repeatable)",
    )
    add("--show-bodies", action="store_true", help="show names, handles and the like of real accounts in reports")


def _target(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--url", help="where the target's paths begin, such as https://api.example.com/api/v1")
    add("--key-env", metavar="NAME", help="variable that holds the API key (default POSTFUZE_KEY)")
    add("--key", nargs="?", action=_NoKey, help=argparse.SUPPRESS)
    add("--proxy", metavar="URL", help="HTTP proxy to call the target through; with a password, give it as env:NAME")
    add("--ca-bundle", metavar="FILE", help="PEM file of the authorities that alone may vouch for the target")
    add("--config", metavar="FILE", help=f"configuration (default {FILE_NAME}, where there is one)")
    levels = [each.name.lower() for each in Access]
    add("--access", choices=levels, help="how far to go on the target (default passive: it stays unchanged)")
    add("--allow-writes", action="store_true", default=None, help="short for --access full")


def _bounds(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--profile", choices=get_args(Profile), help="how much to look at (default quick)")
    add("--seed", type=int, help="seed of all that is generated (default 1)")
    add("--rate", type=_checked(casts.amount), metavar="N", help="calls per second at most")
    add("--max-time", type=_checked(casts.amount), metavar="SECONDS", help="end after this time")
    add("--max-requests", type=_checked(casts.count), metavar="N", help="end after this many requests")
    add("--connections", type=_checked(casts.count), metavar="N", help="connections at most (default 4)")


def _list(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="as JSON")


def _list_epilog() -> str:
    return "examples:\n  postfuze-contracts list --json | jq '.statements[].id'\n"


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("statement", metavar="STATEMENT", help="its id")


def _replay(command: argparse.ArgumentParser) -> None:
    command.add_argument("report", metavar="REPORT", help="a report of `run --report json=REPORT`")
    _target(command)
    _bounds(command)


def _diff(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("a", metavar="A", help="URL of a deployment")
    add("b", metavar="B", help="URL of the other")
    add("--key-env", metavar="NAME", help="variable that holds the key for both (default POSTFUZE_KEY)")
    add("--key-env-a", metavar="NAME", help="variable that holds the key for A")
    add("--key-env-b", metavar="NAME", help="variable that holds the key for B")
    for side, whose in (("", "both, but not one on this machine"), ("-a", "A"), ("-b", "B")):
        add(f"--proxy{side}", metavar="URL", help=f"HTTP proxy for {whose}; with a password, give it as env:NAME")
        add(f"--ca-bundle{side}", metavar="FILE", help=f"PEM file of the authorities for {whose}")
    add("--key", nargs="?", action=_NoKey, help=argparse.SUPPRESS)
    add("--rate", type=_checked(casts.amount), metavar="N", help="calls per second at most, for each")
    add("--json", action="store_true", help="as JSON")


def _command(
    commands: Any, name: str, text: str, run: Callable[[argparse.Namespace], int], epilog: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("--debug", action="store_true", help="show the traceback of a fault of the harness")
    command.set_defaults(run=run)
    return command


def _parser(name: str, text: str) -> argparse.ArgumentParser:
    return _Parser(
        name,
        description=text,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _checked(convert: Callable[[Any], float]) -> Callable[[str], float]:
    def convert_or_explain(text: str) -> float:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}; it is {text!r}") from error

    return convert_or_explain
