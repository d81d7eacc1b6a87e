"""The flags, and which function runs each command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, get_args

from postfuze_mock import __version__, settings
from postfuze_mock.cli import serve, spec, world
from postfuze_mock.settings import LogFormat

_EXAMPLES = """\
examples:
  postfuze-mock serve
  postfuze-mock serve --port 0 --world my-world.yaml --clock 2026-06-14T12:10:00Z,frozen
  postfuze-mock serve --assume finalize.duplicate-page=refused --rate-limits
  postfuze-mock world check my-world.yaml
  postfuze-mock spec --json | jq .paths
"""
_SERVE_EPILOG = """\
Every flag can also be set in the environment (POSTFUZE_MOCK_PORT=0) and in pyproject.toml
([tool.postfuze-mock] port = 0). A flag wins over the environment, the environment over the file.

examples:
  postfuze-mock serve --port 0 --validate-responses
  postfuze-mock serve --world empty --strict-keys
  postfuze-mock serve --state-file worlds.json
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = _parser("postfuze-mock", "A stateful, deterministic, offline Postfuze.", _EXAMPLES)
    top.add_argument("--version", action="version", version=f"postfuze-mock {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _serve(commands)
    _world(commands)
    _spec(commands)
    return top


def _serve(commands: Any) -> None:
    command = _command(commands, "serve", "Start the mock.", serve.run, _SERVE_EPILOG)
    add = command.add_argument
    add("--host", help="address to listen on (default 127.0.0.1)")
    add("--port", type=_checked(settings.port), help="port to listen on; 0 picks a free one (default 8080)")
    add("--seed", type=_checked(settings.whole_number), help="seed of all generated data (default 1)")
    add("--world", metavar="FILE", help="world file, or the name of a shipped one: demo, empty, large")
    add("--clock", metavar="T[,frozen]", help="the worlds' time, e.g. 2026-06-14T12:10:00Z,frozen (default: real time)")
    add("--assume", metavar="ID=ALTERNATIVE", action="append", help="decide an assumption otherwise (repeatable)")
    switch = argparse.BooleanOptionalAction
    add("--strict-keys", action=switch, default=None, help="accept only the keys that the world file lists")
    add("--rate-limits", action=switch, default=None, help="enforce the documented rate limits")
    add("--validate-responses", action=switch, default=None, help="check each answer against the specification")
    add("--log-format", choices=get_args(LogFormat), help="form of the log on stderr (default text)")
    add("--reload", action=switch, default=None, help="serve changed specification and world files without a restart")
    add(
        "--state-file",
        metavar="FILE",
        help="keep all worlds in FILE over restarts; only its owner can read it, one server uses it at a time",
    )
    _browsers(command.add_argument_group("browsers and webhooks"))
    _control(command.add_argument_group("the levers at /_mock"))


def _browsers(group: Any) -> None:
    add = group.add_argument
    add(
        "--redirect-allow",
        metavar="HOST",
        action="append",
        help="host that redirect_uri may name: HOST, HOST:PORT or *.DOMAIN (repeatable; loopback always may)",
    )
    add("--webhook-url", metavar="URL", help="where the events of all worlds go, as http://127.0.0.1:9000/hook")
    add(
        "--webhook-allow",
        metavar="HOST",
        action="append",
        help="where webhooks may go beyond loopback: HOST, HOST:PORT or *.DOMAIN (repeatable)",
    )
    add(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        help="web origin whose pages may call the API, as http://localhost:3000 (repeatable), or none (default *: all)",
    )


def _control(group: Any) -> None:
    add = group.add_argument
    switch = argparse.BooleanOptionalAction
    add("--control", action=switch, default=None, help="serve the levers (default: where --host is loopback)")
    add(
        "--control-port",
        type=_checked(settings.port),
        help="serve the levers at this port of 127.0.0.1 instead; 0 picks a free one",
    )
    add(
        "--control-token",
        metavar="TOKEN",
        help="require X-Mock-Control-Token; set as POSTFUZE_MOCK_CONTROL_TOKEN, it stays out of the process list",
    )
    add(
        "--allow-host",
        metavar="HOST",
        action="append",
        help="name, beyond loopback's, by which the levers may be called: HOST, HOST:PORT or *.DOMAIN (repeatable)",
    )


def _world(commands: Any) -> None:
    group = commands.add_parser("world", help="Work with world files.", description="Work with world files.")
    subcommands = group.add_subparsers(metavar="COMMAND", required=True)
    _command(
        subcommands,
        "schema",
        "Print the JSON Schema of world files, for editors.",
        world.schema,
        "examples:\n  postfuze-mock world schema > world.schema.json\n",
    )
    command = _command(
        subcommands,
        "check",
        "Check a world file and say what it makes.",
        world.check,
        "examples:\n  postfuze-mock world check my-world.yaml\n",
    )
    command.add_argument("file", metavar="FILE", help="world file, or the name of a shipped one")


def _spec(commands: Any) -> None:
    command = _command(
        commands, "spec", "Print the specification.", spec.run, "examples:\n  postfuze-mock spec > openapi.yaml\n"
    )
    command.add_argument("--json", action="store_true", help="as JSON instead of YAML")


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
    command.set_defaults(run=run)
    return command


def _parser(name: str, text: str, epilog: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        name,
        description=text,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _checked(convert: Callable[[Any], int]) -> Callable[[str], int]:
    def convert_or_explain(text: str) -> int:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert_or_explain
