"""The flags of each command. The module of a command is imported only when it runs, because most load slowly."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NoReturn, TypeVar

from postfuze_contracts.cli.parser import Parser
from postfuze_contracts.config import FILE_NAME, casts
from postfuze_contracts.model.options import PROFILES, Access
from postfuze_contracts.reports import FORMATS
from postfuze_mock import __version__

T = TypeVar("T")

_EXAMPLES = """\
examples:
  postfuze-contracts run --url https://api.example.com/api/v1 --key-env POSTFUZE_KEY
  postfuze-contracts run --profile ci --report junit=contracts.xml --report markdown=summary.md
  postfuze-contracts explain list.newest-first
  postfuze-contracts diff http://127.0.0.1:8080/api/v1 https://api.example.com/api/v1 --key-env-a MOCK_KEY
  postfuze-contracts init
"""
_RUN = f"""\
A setting comes from its flag, else from its environment variable, else from {FILE_NAME}. The variables are
POSTFUZE_URL, POSTFUZE_KEY, POSTFUZE_KEY_READ_ONLY … for the target and its keys, and POSTFUZE_CONTRACTS_PROFILE,
POSTFUZE_CONTRACTS_ACCESS … for everything else. Keys are never arguments, because everyone on the machine can read
those.

exit codes: 0 all judged statements pass; 1 a statement failed, or a waiver expired; 2 wrong usage or configuration;
3 the target cannot be reached, is another service, refuses the key, or nothing could be judged; 4 a statement of
--require stayed blocked; 5 a fault of the harness; 6 cut off by Ctrl-C, SIGTERM, --max-time or --max-requests.

examples:
  postfuze-contracts run --url http://127.0.0.1:8080/api/v1 --key-env POSTFUZE_KEY
  postfuze-contracts run --profile smoke
  postfuze-contracts run --only list,get.unknown --require all
  postfuze-contracts run --access full --dry-run
  postfuze-contracts run --profile deep --rate 5 --max-time 600 --report json=run.json --report html=run.html
"""
_LIST = "examples:\n  postfuze-contracts list --json | jq '.statements[].id'\n"
_EXPLAIN = "examples:\n  postfuze-contracts explain delete.needs-scope\n"
_REPLAY = "examples:\n  postfuze-contracts replay run.json --key-env POSTFUZE_KEY\n"
_DIFF = """\
exit codes: 0 no differences, 1 some; otherwise as for run.

examples:
  postfuze-contracts diff http://127.0.0.1:8080/api/v1 https://api.example.com/api/v1 \
--key-env-a MOCK_KEY --key-env-b POSTFUZE_KEY
"""


class _NoKey(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        parser.error("a key must not be an argument; put it into a variable and pass its name: --key-env NAME")


def parser() -> argparse.ArgumentParser:
    """The parser of the command line. `run` of its namespace runs the command."""
    top = Parser(
        "postfuze-contracts",
        description="Checks statement by statement whether a deployment keeps the contract.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"postfuze-contracts {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for add in (_add_run, _add_list, _add_explain, _add_replay, _add_diff, _add_init):
        add(commands)
    return top


def _add_run(commands: Any) -> None:
    command = _command(commands, "run", "Check a deployment.", _RUN)
    command.usage = "postfuze-contracts run [FLAG…]"  # a list of all flags would hide what an error says
    _add_target(command)
    _add_bounds(command)
    add = command.add_argument
    add("--only", metavar="ID,…", help="judge only these statements; a prefix selects all that begin with it")
    add("--require", metavar="ID,…|all", help="exit with 4 if one of these stays blocked")
    add("--strict", action="store_true", help="let a flaky statement fail the run")
    add("--pin", metavar="FILE", help="write how the target decides what the documentation leaves open")
    add("--dry-run", action="store_true", help="print the plan and send nothing")
    formats = f"write a report: {', '.join(FORMATS)} (repeatable)"
    add("--report", metavar="FORMAT=PATH", action="append", default=[], help=formats)
    site = "root of a published reference; reports link its statements: URL/docs#statement/ID"
    add("--site", metavar="URL", type=_checked(casts.site), help=site)
    add("--show-bodies", action="store_true", help="do not mask names, handles and ids of real accounts in reports")


def _add_target(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--url", help="base of the target's paths, such as https://api.example.com/api/v1")
    add("--key-env", metavar="NAME", help="variable that holds the API key (default POSTFUZE_KEY)")
    add("--key", nargs="?", action=_NoKey, help=argparse.SUPPRESS)
    add("--proxy", metavar="URL", help="HTTP proxy to the target; pass one with a password as env:NAME")
    add("--ca-bundle", metavar="FILE", help="PEM file of the only authorities to trust")
    add("--config", metavar="FILE", help=f"configuration (default {FILE_NAME}, if it exists)")
    add("--assume-file", metavar="FILE", help="judge the choices pinned in this file, too")
    levels = [each.name.lower() for each in Access]
    add("--access", choices=levels, help="how far to go on the target (default passive: it stays unchanged)")
    add("--allow-writes", action="store_true", default=None, help="short for --access full")


def _add_bounds(command: argparse.ArgumentParser) -> None:
    _add_time(command)
    add = command.add_argument
    add("--profile", choices=PROFILES, help="how much to check (default quick)")
    add("--seed", type=_checked(casts.whole), help="seed of all generated data (default 1)")
    add("--rate", type=_checked(casts.amount), metavar="N", help="maximum calls per second")
    add("--max-requests", type=_checked(casts.count), metavar="N", help="end after this many requests")
    add("--connections", type=_checked(casts.count), metavar="N", help="maximum connections (default 4)")


def _add_time(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--max-time", type=_checked(casts.amount), metavar="SECONDS", help="end after this time")
    add("--timeout", type=_checked(casts.amount), metavar="SECONDS", help="maximum time of a response (default 30)")
    size = "maximum size of a response (default 8388608)"
    add("--max-response", type=_checked(casts.count), metavar="BYTES", help=size)


def _add_list(commands: Any) -> None:
    about = "List the statements and assumptions, and what each needs."
    command = _command(commands, "list", about, _LIST, "explain.list_statements")
    command.add_argument("--json", action="store_true", help="as JSON")


def _add_explain(commands: Any) -> None:
    about = "Explain a statement or an assumption: how it is checked, and what that needs."
    command = _command(commands, "explain", about, _EXPLAIN, "explain.explain")
    command.add_argument("statement", metavar="STATEMENT", help="its id")


def _add_replay(commands: Any) -> None:
    command = _command(commands, "replay", "Run the failures of a JSON report again.", _REPLAY)
    command.usage = "postfuze-contracts replay REPORT [FLAG…]"
    command.add_argument("report", metavar="REPORT", help="a report of `run --report json=REPORT`")
    _add_target(command)
    _add_bounds(command)


def _add_diff(commands: Any) -> None:
    about = "Make the same reading calls to two deployments and show where they differ."
    command = _command(commands, "diff", about, _DIFF)
    command.usage = "postfuze-contracts diff A B [FLAG…]"
    add = command.add_argument
    add("a", metavar="A", help="URL of a deployment")
    add("b", metavar="B", help="URL of the other")
    add("--key-env", metavar="NAME", help="variable that holds the key for both (default POSTFUZE_KEY)")
    add("--key-env-a", metavar="NAME", help="variable that holds the key for A")
    add("--key-env-b", metavar="NAME", help="variable that holds the key for B")
    for side, scope in (("", "both, except one on this machine"), ("-a", "A"), ("-b", "B")):
        add(f"--proxy{side}", metavar="URL", help=f"HTTP proxy for {scope}; pass one with a password as env:NAME")
        add(f"--ca-bundle{side}", metavar="FILE", help=f"PEM file of the authorities for {scope}")
    add("--key", nargs="?", action=_NoKey, help=argparse.SUPPRESS)
    add("--rate", type=_checked(casts.amount), metavar="N", help="maximum calls per second, to each")
    _add_time(command)
    add("--json", action="store_true", help="as JSON")


def _add_init(commands: Any) -> None:
    command = _command(commands, "init", f"Write a commented {FILE_NAME}.", "It never overwrites a file.\n")
    command.add_argument("file", metavar="FILE", nargs="?", default=FILE_NAME, help=f"default {FILE_NAME}")


def _command(commands: Any, name: str, about: str, epilog: str, function: str | None = None) -> argparse.ArgumentParser:
    """A command. It runs `function` (MODULE.NAME in this package), by default `run` of the module of its name."""
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=about,
        description=about,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("--debug", action="store_true", help="show the traceback of a fault of the harness")
    command.set_defaults(run=partial(_run, function or f"{name}.run"))
    return command


def _run(function: str, arguments: argparse.Namespace) -> int:
    module, _, name = function.partition(".")
    return int(getattr(import_module(f"postfuze_contracts.cli.{module}"), name)(arguments))


def _checked(convert: Callable[[Any], T]) -> Callable[[str], T]:
    """`convert` for argparse, with its message."""

    def convert_or_explain(text: str) -> T:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}; it is {text!r}") from error

    return convert_or_explain
