"""One command with one mock."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Final

from postfuze_mock import state_url
from postfuze_mock.cli.exec import child, coverage, environment, flags, refusals
from postfuze_mock.cli.exec.signals import Signals
from postfuze_mock.cli.exec.words import PREFIX, say
from postfuze_mock.client import Mock, MockError
from postfuze_mock.launch.server_process import ServerProcess, StartError
from postfuze_mock.settings import Settings, SettingsError

TOO_LITTLE_MET: Final = 1
WRONG_USAGE: Final = 2
#: The mock failed, not the command; as of `env`, `timeout` and `docker run`.
MOCK_FAILED: Final = 125


def run(options: argparse.Namespace) -> int:
    """Run the command, and return its exit code; 1 if it passed, but met too little (`--coverage-fail-under`), 2 for
    wrong usage, 125 if the mock failed, 126 or 127 if the command did not start."""
    if not options.command:
        say(f"exec needs -- and a command behind it, as in: postfuze-mock exec -- pytest (usage: {flags.USAGE})")
        return WRONG_USAGE
    try:
        settings = flags.effective(options)
        coverage.check(options.coverage)
        if options.each_assumption is not None:
            return _each_assumption(options, settings)
        with _log(options.log_file) as log:
            return _run(options, settings, log)
    except SettingsError as error:
        say(str(error))
        return WRONG_USAGE


def _each_assumption(options: argparse.Namespace, settings: Settings) -> int:
    from postfuze_mock.cli.exec.each_assumption.run import run  # reads openapi.yaml, which takes some time

    return run(options, settings)


def _run(options: argparse.Namespace, settings: Settings, log: IO[bytes]) -> int:
    with Signals() as handler:
        try:
            server = ServerProcess(None, flags.of_mock(options, settings), log=log)
        except StartError as error:
            return _not_started(error)
        except MockError as error:
            say(f"the mock did not start: {error.detail}")
            return MOCK_FAILED
        try:
            key, world, remark = environment.key_and_world(settings, os.environ)
            if remark is not None:
                say(remark)
            variables = environment.variables(settings, server.url, key, world)
            since = _last_call(settings, server.url)
            code = _command(options.command, {**os.environ, **variables}, handler)
            return _conclude(options, settings, server, code, since)
        finally:
            server.stop()


def _last_call(settings: Settings, url: str) -> str | None:
    """The call after which those of the command come (None: there is none, or the journal cannot be read). A database
    keeps those of others."""
    if not state_url.parse(settings.state).is_shared:
        return None
    mock = Mock(environment.control_url(settings, url), control_token=settings.control_token)
    with closing(mock), suppress(MockError):
        return refusals.last_call(mock)
    return None


def _not_started(error: StartError) -> int:
    """Quote the mock, which says why it did not start in sentences that begin with its name."""
    lines = error.words.splitlines() or [error.detail]
    sentences = [line.removeprefix(PREFIX) for line in lines if line.startswith(PREFIX)]
    first, *others = sentences or [lines[-1], *lines[:-1]]
    say(f"the mock did not start: {first}", others)
    return WRONG_USAGE if error.exit_code == WRONG_USAGE else MOCK_FAILED


def _command(command: Sequence[str], environ: dict[str, str], handler: Signals) -> int:
    try:
        return child.run(command, environ, handler)
    except child.CommandError as error:
        say(str(error))
        return error.code


def _conclude(
    options: argparse.Namespace, settings: Settings, server: ServerProcess, code: int, since: str | None
) -> int:
    """Say what there is to say after the command, whose calls are later than `since`, end the mock, and return the exit
    code of exec."""
    crash = server.ending()
    if crash is None:
        with closing(Mock(environment.control_url(settings, server.url), control_token=settings.control_token)) as mock:
            code = _report(options, mock, code, since)
    trouble = crash or server.stop()
    if trouble is None:
        return code
    ending, *log = trouble.splitlines()
    say(f"the mock failed: {ending}", log)
    return code or MOCK_FAILED


def _report(options: argparse.Namespace, mock: Mock, code: int, since: str | None) -> int:
    """Write what the flags ask for, after a command that exited with `code`. Returns the exit code of exec."""
    if options.show_journal == "always" or (options.show_journal == "on-failure" and code):
        _show_journal(mock, code, since)
    if options.coverage or options.coverage_fail_under is not None:
        met = coverage.conclude(mock, options.coverage, options.coverage_fail_under)
        return code or (0 if met else TOO_LITTLE_MET)
    return code


def _show_journal(mock: Mock, code: int, since: str | None) -> None:
    try:
        calls = refusals.refused_calls(mock, since)
    except MockError as error:
        say(f"the journal cannot be read: {error.detail}")
    else:
        if calls or not code:
            say(refusals.heading(calls), refusals.lines(calls))


def _log(path: str | None) -> IO[bytes]:
    """The file for the mock's log; by default one that vanishes. Raises SettingsError."""
    try:
        return tempfile.TemporaryFile() if path is None else Path(path).open("w+b")
    except OSError as error:
        raise SettingsError(f"--log-file {path} cannot be written: {error.strerror}") from error
