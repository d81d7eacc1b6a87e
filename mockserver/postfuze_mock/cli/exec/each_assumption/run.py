"""The whole of `exec --each-assumption`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from postfuze_mock.cli.exec import signals
from postfuze_mock.cli.exec.each_assumption import junit, plan
from postfuze_mock.cli.exec.each_assumption.batch import OUTPUT, Batch
from postfuze_mock.cli.exec.each_assumption.outcome import Difference, Outcome, difference, table
from postfuze_mock.cli.exec.signals import Signals
from postfuze_mock.cli.exec.words import say
from postfuze_mock.settings import Settings, SettingsError

#: Some alternative changes the outcome.
LEANS: Final = 1


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Play all runs and print the table to stdout. Returns 0 if no alternative changes the outcome, 1 if one does, and
    the code of the command if it fails under the mock's own choices, after which no alternative is tried.

    Raises SettingsError (one sentence) for wrong usage, ValueError or OSError for invalid files."""
    _check(options, settings)
    runs = plan.make(options.each_assumption, settings)
    if not runs.alternatives:
        raise SettingsError(f"--each-assumption: {', '.join(runs.left_out)}: there is none that the mock can play")
    folder = _folder(options.output)
    with Signals() as handler:
        code = _play(Batch(options, settings, folder, handler), runs, folder)
        return code if handler.received is None else signals.code(handler.received)


def _play(batch: Batch, runs: plan.Plan, folder: Path) -> int:
    outcomes: list[Outcome] = []
    say(f"{1 + len(runs.alternatives)} runs; their output is in {folder}")
    progress = _progress(outcomes, 1 + len(runs.alternatives))
    batch.play([runs.own], progress)
    (own,) = outcomes
    if own.code:
        say(
            f"COMMAND fails under the mock's own choices (exit code {own.code}), so no alternative was tried; see "
            f"{batch.folder(own.run) / OUTPUT}"
        )
        return own.code
    batch.play(runs.alternatives, progress)
    order = {each.name: at for at, each in enumerate(runs.alternatives)}
    others = sorted(outcomes[1:], key=lambda each: order[each.run.name])
    differences = [difference(own, each) for each in others]
    if differences:
        print(table(differences, runs.left_out, folder), end="", flush=True)
    return _code(differences)


def _code(differences: list[Difference]) -> int:
    return LEANS if any(each.is_broken for each in differences) else 0


def _progress(outcomes: list[Outcome], total: int) -> Callable[[Outcome], None]:
    """What notes each outcome and says so."""

    def note(outcome: Outcome) -> None:
        outcomes.append(outcome)
        verdict = f"exit code {outcome.code}" if outcome.code else "passed"
        say(f"[{len(outcomes):{len(str(total))}}/{total}] {outcome.run.name}: {verdict} ({outcome.seconds:.1f} s)")

    return note


def _check(options: argparse.Namespace, settings: Settings) -> None:
    """Raises SettingsError for what the runs cannot share."""
    if options.coverage or options.coverage_fail_under is not None:
        raise SettingsError("--each-assumption has no --coverage: take the coverage of COMMAND in a run of its own")
    if settings.state_file is not None:
        raise SettingsError("--each-assumption: each run has a mock of its own, which cannot share a --state-file")
    if options.jobs > 1 and (settings.port or settings.control_port):
        raise SettingsError(
            "--jobs: mocks at the same time cannot share a port, so leave --port and --control-port out"
        )
    if options.jobs > 1 and options.junit and junit.RUN not in options.junit:
        raise SettingsError(f"--junit needs {junit.RUN} with --jobs, so that the runs do not write the same files")


def _folder(path: str | None) -> Path:
    """The folder for the output; by default a new temporary one. Raises SettingsError."""
    try:
        if path is None:
            return Path(tempfile.mkdtemp(prefix="postfuze-mock-"))
        Path(path).mkdir(parents=True, exist_ok=True)
        return Path(path).absolute()
    except OSError as error:
        raise SettingsError(f"--output {path} cannot be made: {error.strerror}") from error
