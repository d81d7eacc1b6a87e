"""The flags of exec, and how those that it shares with `serve` are passed on to the mock."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from postfuze_mock import setting_values, settings, state_url
from postfuze_mock.cli.exec.report import Report
from postfuze_mock.cli.parser import checked
from postfuze_mock.settings import Settings, SettingsError

SEPARATOR: Final = "--"
USAGE: Final = "postfuze-mock exec [FLAG…] -- COMMAND…"


def split(words: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """The words before the first `--`, and those after it: the command (None: there is no `--`)."""
    if SEPARATOR not in words:
        return list(words), None
    at = words.index(SEPARATOR)
    return list(words[:at]), list(words[at + 1 :])


def add(parser: argparse.ArgumentParser) -> None:
    """Add the flags that only exec has."""
    parser.add_argument(
        "--show-journal",
        choices=["on-failure", "always", "never"],
        default="on-failure",
        help="when to print the calls that the API refused, and why (default on-failure: if COMMAND fails)",
    )
    parser.add_argument(
        "--coverage",
        metavar="REPORT",
        action="append",
        default=[],
        type=checked(Report.parse),
        help="report what COMMAND met of what the mock can show: text, text=PATH, json=PATH or html=PATH (repeatable)",
    )
    parser.add_argument(
        "--coverage-fail-under",
        metavar="N",
        type=checked(_percent),
        help="exit with 1 if COMMAND met less than N percent",
    )
    _each_assumption(parser.add_argument_group("once for each alternative"))
    parser.add_argument(
        "--log-file", metavar="FILE", help="write the mock's log to FILE (default: it is shown only if the mock fails)"
    )


def _each_assumption(group: Any) -> None:
    group.add_argument(
        "--each-assumption",
        metavar="ID,…",
        nargs="?",
        const=(),
        type=_ids,
        help="run COMMAND under the mock's own choices and under each alternative of each assumption (or of these)",
    )
    group.add_argument(
        "--jobs",
        metavar="N",
        type=checked(setting_values.positive_number),
        default=1,
        help="how many of these runs at a time (default 1)",
    )
    group.add_argument(
        "--output", metavar="DIR", help="folder for their output (default: a temporary one, which is named at the end)"
    )
    group.add_argument(
        "--junit",
        metavar="GLOB",
        help="the JUnit files that COMMAND writes; {run}, here and in COMMAND, is the run's folder, as is "
        "$POSTFUZE_RUN_DIR",
    )


def _ids(text: str) -> tuple[str, ...]:
    return tuple(id.strip() for id in text.split(",") if id.strip())


def _percent(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?", text, re.ASCII) or float(text) > 100:
        raise ValueError("must be a number of percent from 0 to 100")
    return float(text)


def effective(options: argparse.Namespace) -> Settings:
    """The settings of the mock. Its address, and where its worlds are, come from flags alone, so that exec runs beside
    any other mock. Raises SettingsError (one sentence)."""
    _check_runs(options)
    own = {"state": options.state or Settings.state, "workers": options.workers or Settings.workers}
    read = settings.read(vars(options) | own)
    _check_own(options, read)
    if read.control_port == 0:
        raise SettingsError("--control-port 0 would be a port that COMMAND does not know: give a number")
    return replace(read, host=options.host or Settings.host, port=options.port or 0)


def _check_runs(options: argparse.Namespace) -> None:
    """Raises SettingsError for a flag that would do nothing, because there is one run."""
    if options.each_assumption is None:
        for flag in ("jobs", "output", "junit"):
            if getattr(options, flag) not in (None, 1):
                raise SettingsError(f"--{flag} is for many runs: give --each-assumption as well, or leave it out")


def _check_own(options: argparse.Namespace, actual: Settings) -> None:
    """Raises SettingsError for a flag that must not mix COMMAND's calls with what a database has of others."""
    if not state_url.parse(actual.state).is_shared:
        return
    if options.each_assumption is not None:
        raise SettingsError("--each-assumption gives each run worlds of its own: leave --state out")
    if options.coverage or options.coverage_fail_under is not None:
        raise SettingsError("--coverage is about COMMAND alone, and a database has what others met: leave --state out")


def of_mock(options: argparse.Namespace, actual: Settings) -> list[str]:
    """The flags of the mock: those that the user gave, its address and its port. Settings from other sources are left
    out, because the mock reads them itself."""
    given = {each.name: getattr(options, each.name) for each in fields(Settings)}
    given |= {"host": actual.host, "port": actual.port, "exit_on_stdin_close": True}
    return [word for name, value in given.items() for word in _words(name, value)]


def _words(name: str, value: Any) -> Iterator[str]:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        yield f"--{flag}" if value else f"--no-{flag}"
    elif isinstance(value, list):
        yield from (f"--{flag}={each}" for each in value)
    elif value is not None:
        yield f"--{flag}={value}"
