"""The flags, and which function runs each command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args

from postfuze_mock import __version__, settings
from postfuze_mock.cli.exec import flags as exec_flags
from postfuze_mock.cli.parser import Parser
from postfuze_mock.settings import LogFormat, StateFileSync

Value = TypeVar("Value")

_EXAMPLES = """\
examples:
  postfuze-mock serve
  postfuze-mock serve --port 0 --world my-world.yaml --clock 2026-06-14T12:10:00Z,frozen
  postfuze-mock serve --assume finalize.duplicate-page=refused --rate-limits
  postfuze-mock exec -- pytest
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
_HEALTH_EPILOG = """\
Exit codes: 0 it is ready; 1 it is not, or nothing answers; 2 wrong usage. It needs no key and no control token.

examples:
  postfuze-mock health
  postfuze-mock health http://127.0.0.1:9000
  until postfuze-mock health; do sleep 0.2; done
"""


_EXEC_EPILOG = """\
COMMAND finds the mock through POSTFUZE_URL, POSTFUZE_ORIGIN, POSTFUZE_KEY and POSTFUZE_WEBHOOK_INBOX. exec ends the
mock when COMMAND ends, and exits with its code; with 1 if --coverage-fail-under is not met, 2 for wrong usage, 125 if
the mock fails, 126 or 127 if COMMAND cannot be started.

examples:
  postfuze-mock exec -- pytest
  postfuze-mock exec --world my-world.yaml --show-journal always -- npm test
  postfuze-mock exec -- sh -c 'curl "$POSTFUZE_URL/social-accounts" -H "Authorization: Bearer $POSTFUZE_KEY"'
  postfuze-mock exec --coverage text --coverage html=coverage.html --coverage-fail-under 80 -- pytest
  postfuze-mock exec --each-assumption --jobs 4 --junit '{run}/junit.xml' -- pytest --junit-xml '{run}/junit.xml'
  postfuze-mock exec -- bash
"""


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; what is behind `exec … --` is its `command`, as it is."""
    if not words or words[0] != "exec":
        return parser().parse_args(words)
    own, command = exec_flags.split(words)
    if command is None and not {"-h", "--help"} & set(own):
        own = own[:1]  # whatever else it is, a command is missing, and `exec` says so
    options = parser().parse_args(own)
    options.command = command
    return options


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = Parser("postfuze-mock", **_texts("A stateful, deterministic, offline Postfuze.", _EXAMPLES))
    top.add_argument("--version", action="version", version=f"postfuze-mock {__version__}")
    group = top.add_subparsers(metavar="COMMAND", required=True)
    _serve(group)
    _exec(group)
    _health(group)
    _world(group)
    _spec(group)
    return top


def _serve(group: Any) -> None:
    command = _command(group, "serve", "Start the mock.", _run_serve, _SERVE_EPILOG)
    command.usage = "postfuze-mock serve [FLAG…]"  # a list of all flags would hide what an error says
    _serve_flags(command, command)


def _exec(group: Any) -> None:
    text = "Run a command with a mock of its own, on a free port of loopback."
    command = _command(group, "exec", text, _run_exec, _EXEC_EPILOG)
    command.usage = exec_flags.USAGE
    exec_flags.add(command)
    _serve_flags(command, command.add_argument_group("the mock, as for `postfuze-mock serve`"))


def _serve_flags(command: argparse.ArgumentParser, group: Any) -> None:
    """Add the flags of the mock to `command`, those of no group of their own to `group`."""
    add = group.add_argument
    add("--host", help="address to listen on (default 127.0.0.1)")
    add("--port", type=_checked(settings.port), help="port to listen on; 0 picks a free one (default 8080)")
    add("--seed", type=_checked(settings.seed), help="seed of all generated data (default 1)")
    add("--world", metavar="FILE", help="world file, or the name of a shipped one: demo, empty, large")
    add(
        "--clock",
        metavar="T[,frozen]",
        help="time of worlds, such as 2026-06-14T12:10:00Z,frozen (default: real time)",
    )
    add("--assume", metavar="ID=ALTERNATIVE", action="append", help="decide an assumption otherwise (repeatable)")
    add("--assume-file", metavar="FILE", help="decide assumptions as the table [assume] of this TOML file says")
    _switch(group, "--strict-keys", "accept only the keys that the world file lists")
    _switch(group, "--rate-limits", "enforce the documented rate limits")
    _switch(group, "--validate-responses", "check each response against the specification")
    add("--log-format", choices=get_args(LogFormat), help="format of the log on stderr (default text)")
    _switch(group, "--reload", "serve changed specification and world files without a restart")
    _switch(group, "--exit-on-stdin-close", "end as soon as stdin, which must be a pipe, is closed")
    add(
        "--state-file",
        metavar="FILE",
        help="keep all worlds in FILE across restarts; only its owner can read it, only one server can use it",
    )
    add(
        "--state-file-sync",
        choices=get_args(StateFileSync),
        help="what a killed server loses: a second of changes (interval, default), or none that was answered (always)",
    )
    add(
        "--max-worlds",
        metavar="N",
        type=_checked(settings.positive_number),
        help="how many worlds to hold (default 10000); unchanged ones make room, and are built again when used",
    )
    _connections(command.add_argument_group("connections"))
    _browsers(command.add_argument_group("browsers and webhooks"))
    _control(command.add_argument_group("the control API at /_mock"))


def _connections(group: Any) -> None:
    add = group.add_argument
    add(
        "--request-timeout",
        metavar="SECONDS",
        type=_checked(settings.seconds),
        help="time for the head of a request, and for its body, to arrive; 0 is no limit (default 30)",
    )
    add(
        "--idle-timeout",
        metavar="SECONDS",
        type=_checked(settings.seconds),
        help="time after which a connection without a request is closed; 0 is no limit (default 5)",
    )
    add(
        "--max-connections",
        metavar="N",
        type=_checked(settings.positive_number),
        help="open connections; the oldest idle one makes room for a new one (default 1000)",
    )


def _browsers(group: Any) -> None:
    add = group.add_argument
    add(
        "--redirect-allow",
        metavar="HOST",
        action="append",
        help="host that redirect_uri may name: HOST, HOST:PORT or *.DOMAIN (repeatable; loopback is always allowed)",
    )
    add(
        "--webhook-url",
        metavar="URL",
        help="URL that gets the events of all worlds, such as http://127.0.0.1:9000/hook",
    )
    add(
        "--webhook-allow",
        metavar="HOST",
        action="append",
        help="host beyond loopback that webhooks may be sent to: HOST, HOST:PORT or *.DOMAIN (repeatable)",
    )
    add(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        help="web origin that may call the API, such as http://localhost:3000 (repeatable), or none (default: all)",
    )


def _control(group: Any) -> None:
    add = group.add_argument
    add(
        "--control",
        nargs="?",
        const=True,
        metavar="open",
        type=_checked(settings.control),
        help="serve the control API, by default only if --host is loopback; open: to everybody who reaches the server",
    )
    add("--no-control", dest="control", action="store_const", const=False, help="refuse the control API")
    add(
        "--control-port",
        type=_checked(settings.port),
        help="serve the control API on this port of 127.0.0.1 instead; 0 picks a free one",
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
        help="host name, besides those of loopback, that calls may use: HOST, HOST:PORT or *.DOMAIN (repeatable)",
    )


def _world(group: Any) -> None:
    world = group.add_parser("world", help="Work with world files.", description="Work with world files.")
    subcommands = world.add_subparsers(metavar="COMMAND", required=True)
    _command(
        subcommands,
        "schema",
        "Print the JSON Schema of world files, for editors.",
        _print_world_schema,
        "examples:\n  postfuze-mock world schema > world.schema.json\n",
    )
    check = _command(
        subcommands,
        "check",
        "Check a world file and list the worlds that it describes.",
        _check_world,
        "examples:\n  postfuze-mock world check my-world.yaml\n",
    )
    check.add_argument("file", metavar="FILE", help="world file, or the name of a shipped one")


def _health(group: Any) -> None:
    text = "Ask a running mock whether it is ready."
    command = _command(group, "health", text, _run_health, _HEALTH_EPILOG)
    add = command.add_argument
    add("url", metavar="URL", nargs="?", help="where the mock is (default: where the environment lets serve listen)")
    add(
        "--timeout",
        metavar="SECONDS",
        type=_checked(settings.seconds),
        default=1.5,
        help="how long to wait for its answer (default 1.5)",
    )


def _spec(group: Any) -> None:
    examples = "examples:\n  postfuze-mock spec > openapi.yaml\n  postfuze-mock spec --openapi 3.1 --json\n"
    command = _command(group, "spec", "Print the specification.", _print_spec, examples)
    command.add_argument("--json", action="store_true", help="as JSON instead of YAML")
    command.add_argument("--openapi", choices=["3.0", "3.1"], default="3.0", help="version of OpenAPI; default: 3.0")


def _command(
    group: Any, name: str, text: str, run: Callable[[argparse.Namespace], int], epilog: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, help=text, **_texts(text, epilog))
    command.set_defaults(run=run)
    return command


def _texts(text: str, epilog: str) -> dict[str, Any]:
    return {
        "description": text,
        "epilog": epilog,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }


# What a command needs is imported when it runs: the server takes ten times as long to import as the flags.


def _run_serve(options: argparse.Namespace) -> int:
    from postfuze_mock.cli import serve

    return serve.run(options)


def _run_exec(options: argparse.Namespace) -> int:
    from postfuze_mock.cli.exec.run import run

    return run(options)


def _print_world_schema(options: argparse.Namespace) -> int:
    from postfuze_mock.cli import commands

    return commands.print_world_schema(options)


def _check_world(options: argparse.Namespace) -> int:
    from postfuze_mock.cli import commands

    return commands.check_world(options)


def _print_spec(options: argparse.Namespace) -> int:
    from postfuze_mock.cli import commands

    return commands.print_spec(options)


def _run_health(options: argparse.Namespace) -> int:
    from postfuze_mock.cli import health

    return health.run(options)


def _switch(group: Any, flag: str, text: str) -> None:
    group.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)


def _checked(convert: Callable[[Any], Value]) -> Callable[[str], Value]:
    """`convert` for argparse, which would replace the message of a plain ValueError."""

    def convert_text(text: str) -> Value:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}; it is {text!r}") from error

    return convert_text
