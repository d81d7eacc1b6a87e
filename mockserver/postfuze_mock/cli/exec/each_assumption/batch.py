"""Runs as processes, several at a time. Each is an `exec` of its own, with its own mock, port and output."""

from __future__ import annotations

import argparse
import copy
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postfuze_mock import program
from postfuze_mock.cli.exec import child, flags
from postfuze_mock.cli.exec.each_assumption import junit
from postfuze_mock.cli.exec.each_assumption.outcome import Outcome
from postfuze_mock.cli.exec.each_assumption.plan import Run
from postfuze_mock.cli.exec.signals import Signals
from postfuze_mock.cli.exec.words import say
from postfuze_mock.settings import Settings

OUTPUT: Final = "output.txt"
FOLDER_VARIABLE: Final = "POSTFUZE_RUN_DIR"
_PAUSE: Final = 0.05  # seconds between looks at the runs


@dataclass(frozen=True)
class _Running:
    run: Run
    process: subprocess.Popen[bytes]
    start: float
    before: junit.Stamps


class Batch:
    """Starts the runs of `options`, each with a folder of its own in `folder`."""

    def __init__(self, options: argparse.Namespace, settings: Settings, folder: Path, handler: Signals) -> None:
        self._options = options
        self._settings = settings
        self._folder = folder
        self._handler = handler

    def play(self, runs: Sequence[Run], on_end: Callable[[Outcome], None]) -> None:
        """Play the runs, at most `--jobs` at a time, and call `on_end` for each. After a signal, no other starts."""
        waiting, running = list(reversed(runs)), list[_Running]()
        try:
            while running or (waiting and self._handler.received is None):
                while waiting and len(running) < self._options.jobs and self._handler.received is None:
                    running.append(self._start(waiting.pop()))
                for each in [each for each in running if each.process.poll() is not None]:
                    running.remove(each)
                    on_end(self._outcome(each))
                time.sleep(_PAUSE)
        finally:
            for each in running:  # none, unless something failed
                each.process.terminate()

    def folder(self, run: Run) -> Path:
        """The folder of a run."""
        return self._folder / run.name

    def _start(self, run: Run) -> _Running:
        folder = self.folder(run)
        folder.mkdir(parents=True, exist_ok=True)
        before = junit.stamps(self._options.junit, folder) if self._options.junit else {}
        with ExitStack() as stack:
            output = stack.enter_context((folder / OUTPUT).open("wb"))
            process = self._handler.start(
                self._words(run),
                env={**os.environ, FOLDER_VARIABLE: str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=child.end_with_parent(),
            )
        return _Running(run, process, time.monotonic(), before)

    def _words(self, run: Run) -> list[str]:
        """The command line of the run."""
        options = copy.copy(self._options)
        options.assume = [f"{id}={alternative}" for id, alternative in run.assume.items()]
        words = [word.replace(junit.RUN, str(self.folder(run))) for word in options.command]
        own = flags.of_mock(options, self._settings)
        return program.command("exec", *own, f"--show-journal={options.show_journal}", flags.SEPARATOR, *words)

    def _outcome(self, each: _Running) -> Outcome:
        seconds = time.monotonic() - each.start
        return Outcome(each.run, child.exit_code(each.process.returncode), seconds, self._tests(each))

    def _tests(self, each: _Running) -> junit.Tests:
        """The tests of a run; none if the files cannot be read, which is said."""
        if not self._options.junit:
            return {}
        try:
            tests = junit.read(self._options.junit, self.folder(each.run), each.before)
        except junit.JUnitError as error:
            say(str(error))
            return {}
        if not tests:
            say(f"{each.run.name}: --junit matches no file that this run wrote, or no test in it")
        return tests
