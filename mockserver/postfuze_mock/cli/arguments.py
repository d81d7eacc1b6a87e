"""The commands: their flags, their help, and which function runs each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from postfuze_mock import __version__, setting_values
from postfuze_mock.cli import serve_flags
from postfuze_mock.cli.exec import flags as exec_flags
from postfuze_mock.cli.parser import Parser, checked

_EXAMPLES = """\
examples:
  postfuze-mock serve
  postfuze-mock serve --port 0 --world my-world.yaml --clock 2026-06-14T12:10:00Z,frozen
  postfuze-mock serve --assume finalize.duplicate-page=refused --rate-limits
  postfuze-mock exec -- pytest
  postfuze-mock world check my-world.yaml
  postfuze-mock spec --json | jq .paths
  postfuze-mock site public
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
_SITE_EPILOG = """\
All links are relative, so the folder works at any address of any static host. It is written completely or not at
all. An earlier site is replaced; a folder with anything else in it is refused.

Exit codes: 0 it is written; 1 it is refused; 2 wrong usage.

examples:
  postfuze-mock site public
  python -m http.server --directory public
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
    _site(group)
    return top


def _serve(group: Any) -> None:
    command = _command(group, "serve", "Start the mock.", _run_serve, _SERVE_EPILOG)
    command.usage = "postfuze-mock serve [FLAG…]"  # a list of all flags would hide what an error says
    serve_flags.add(command, command, port="8080")


def _exec(group: Any) -> None:
    text = "Run a command with a mock of its own, on a free port of loopback."
    command = _command(group, "exec", text, _run_exec, _EXEC_EPILOG)
    command.usage = exec_flags.USAGE
    exec_flags.add(command)
    group = command.add_argument_group("the mock, as for `postfuze-mock serve`")
    serve_flags.add(command, group, port="0")


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
        type=checked(setting_values.seconds),
        default=1.5,
        help="how long to wait for its answer (default 1.5)",
    )


def _spec(group: Any) -> None:
    examples = "examples:\n  postfuze-mock spec > openapi.yaml\n  postfuze-mock spec --openapi 3.1 --json\n"
    command = _command(group, "spec", "Print the specification.", _print_spec, examples)
    command.add_argument("--json", action="store_true", help="as JSON instead of YAML")
    command.add_argument("--openapi", choices=["3.0", "3.1"], default="3.0", help="version of OpenAPI; default: 3.0")


def _site(group: Any) -> None:
    text = "Write the reference and the guides as files for a static host."
    command = _command(group, "site", text, _run_site, _SITE_EPILOG)
    command.add_argument("folder", metavar="DIR", help="a folder that does not exist, is empty, or has an earlier site")


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
    from postfuze_mock.cli import start

    return start.run(options)


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


def _run_site(options: argparse.Namespace) -> int:
    from postfuze_mock.cli.site import run

    return run.run(options)
