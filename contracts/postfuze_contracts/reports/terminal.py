"""The report for people, during and after a run. Only a terminal gets colours and a live part."""

from __future__ import annotations

import atexit
import io
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from postfuze_contracts.model.events import Changed, CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import decisions, sections
from postfuze_contracts.reports.progress import ProgressTable
from postfuze_contracts.reports.results import Result
from postfuze_contracts.reports.text import Line, curl, duration, entry, number, one_line, wrapped

WIDTH: Final = 100  # columns without a terminal
MARKS: Final = {
    "pass": "green",
    "fail": "bold red",
    "blocked": "yellow",
    "skipped": "dim",
    "waived": "magenta",
    "flaky": "bold yellow",
}
_MAX_REQUESTS: Final = 3  # of one failure
_MAX_CHARACTERS: Final = 600  # of an expected or actual value


def console(file: IO[str] | None = None) -> Console:
    """A console on `file` (default: standard output), with colours and live parts if it is a terminal."""
    file = file or sys.stdout
    terminal = file.isatty()
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(errors="backslashreplace")  # a character that the encoding lacks must not end the run
    return Console(
        file=file,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )


class Terminal:
    """Reports on a console. `files` are the other reports of the run by format, and `flags` those of the command line
    that describe the target, for the command that tries failures again. `notes` are words with texts for the end."""

    def __init__(
        self,
        on: Console | None = None,
        *,
        strict: bool = False,
        files: Mapping[str, Path] | None = None,
        flags: Sequence[str] = (),
        notes: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._console = on or console()
        self._strict = strict
        self._files = dict(files or {})
        self._flags = flags
        self._notes = notes
        self._options = Options("")
        self._progress = ProgressTable()
        self._live: Live | None = None
        self._has_placeholders = False

    def handle(self, event: Event) -> None:
        self._progress.handle(event)
        match event:
            case RunStarted():
                self._begin(event)
            case CheckStarted(writes=str(what)):
                self._print([("writes   ", "bold cyan"), (f"{one_line(what)} ({event.check})", "")])
            case Changed():
                self._print([("changed  ", "cyan"), (f"{event.what} {one_line(event.id)}", "")])
            case CheckFinished() if self._live is not None:
                for statement in dict.fromkeys(failure.statement for failure in event.failures):
                    self._print([("fail     ", MARKS["fail"]), (f"{statement} ({event.check})", "")])
            case RunFinished():
                self._end()
                self._report(event)

    def _begin(self, event: RunStarted) -> None:
        self._options = event.options
        title = f" at {one_line(event.options.url)} ({results.settings(event.options)})"
        self._print([("Postfuze contract", "bold"), (title, "")])
        if self._console.is_terminal and self._console.file.isatty():
            self._live = Live(get_renderable=self._progress.render, console=self._console, transient=True)
            self._live.start()
            atexit.register(self._end)  # a run that is aborted must not leave the cursor hidden

    def _end(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            atexit.unregister(self._end)

    def _report(self, finished: RunFinished) -> None:
        entries = results.from_verdicts(finished.verdicts)
        for line in self._lines(finished, entries):
            self._print(line)
        conclusion = results.conclusion(self._options, finished, self._strict)
        standing = " · ".join(results.standing(results.counts(entries)))
        summary = standing if finished.fault is None else f"{one_line(finished.fault)}; {standing}"
        text = f"  {summary}; {number(finished.requests, 'request')} in {duration(finished.seconds)}"
        self._print([])
        for reason in results.problems(conclusion) if finished.fault is None else ():
            for line in entry(reason.word.lower(), one_line(reason.sentence), self._console.width, indent=0, gap=18):
                self._print(line)
        self._print([(conclusion.headline, MARKS["fail" if conclusion.code else "pass"]), (text, "bold")])
        for line in self._last_lines(results.failed(entries, self._strict)):
            self._print(line)

    def _last_lines(self, failed: Sequence[str]) -> Iterator[Line]:
        """What to look at next, each on a line that can be copied. Nothing follows."""
        if failed:
            yield [("failed   ", "bold red"), (", ".join(failed), "")]
        for format, path in self._files.items():
            yield [("written  ", "dim"), (f"{path} ({format})", "")]
        for word, text in self._notes:
            yield [(f"{word:<9}", "dim"), (one_line(text), "")]
        if failed:
            yield [("again    ", "dim"), (self._again(failed), "")]

    def _again(self, failed: Sequence[str]) -> str:
        """The command that tries the failures again."""
        if "json" in self._files:
            return shlex.join(["postfuze-contracts", "replay", str(self._files["json"]), *self._flags])
        return shlex.join(["postfuze-contracts", "run", "--only", ",".join(failed), *self._flags])

    def _lines(self, finished: RunFinished, entries: list[Result]) -> Iterator[Line]:
        width = self._console.width
        # If the target could not be judged, one sentence says so, and not each statement.
        hidden = ("skipped",) if finished.fault is None else ("skipped", "blocked")
        yield from _verdicts([result for result in entries if result.label not in hidden], width)
        skipped = sum(result.label == "skipped" for result in entries)
        if skipped:
            yield from ([], [(f"{number(skipped, 'statement')} not asked for", "dim")])
        if finished.fault is None:
            yield from _blocking(entries, width)
        for title, group in sections(decisions(finished.observations, self._options.pins)):
            yield from _section(title, [(each.assumption.id, each.note) for each in group], width)
        yield from _section("Changed on the target", results.changes(finished.ledger), width)
        yield from _section("Waivers", [("note", each) for each in results.waiver_notes(self._options, entries)], width)
        if self._has_placeholders:
            yield from _heading("Masked")
            about = "Texts in ‹ › replace masked values; equal values have equal ones."
            yield from wrapped(f"{about} With --show-bodies, only secrets are masked.", width, indent=2)
        yield from _heading("Cost")
        cost = f"{results.cost(finished, self._options)}; {results.limits_note(finished)}"
        yield from wrapped(cost, width, indent=2)
        for title, label in (("Flaky: failed, and not again", "flaky"), ("Failures", "fail")):
            broken = [result for result in entries if result.label == label]
            if broken:
                yield from _heading(title)
            for result in broken:
                yield from self._failed(result, width)

    def _failed(self, result: Result, width: int) -> Iterator[Line]:
        yield []
        yield [
            (f"  {result.label.upper()} ", MARKS[result.label]),
            (result.statement.id, "bold"),
            (f"  {result.position}", "cyan"),
        ]
        yield from wrapped(result.statement.statement.strip(), width, indent=4, style="italic")
        if url := results.reference(self._options, result.kind, result.statement.id):
            yield [(f"    {url}", "cyan")]
        for failure in result.examples:
            yield from self._failure(failure, width)
        others = len(result.verdict.failures) - len(result.examples)
        if others:
            yield [(f"    and {number(others, 'failure')} more like these", "dim")]

    def _failure(self, failure: Failure, width: int) -> Iterator[Line]:
        yield from entry("expected", one_line(failure.expected, _MAX_CHARACTERS), width, style="green")
        yield from entry("got", one_line(failure.got, _MAX_CHARACTERS), width, style="red")
        yield from entry("check", failure.check, width)
        exchanges = failure.exchanges
        if len(exchanges) > _MAX_REQUESTS:
            yield from entry("after", number(len(exchanges) - 1, "other request"), width)
            exchanges = exchanges[-1:]
        for exchange in exchanges:
            yield from self._request(exchange)
        for name, text in results.both_responses(failure):
            yield from entry(name, text, width)
        for exchange in failure.again[-1:]:
            if exchange.request not in [each.request for each in exchanges]:
                yield from self._request(exchange)

    def _request(self, exchange: Exchange) -> Iterator[Line]:
        """The command, not wrapped, so that it can be pasted."""
        for index, line in enumerate(curl(exchange.request, self._options.url).split("\n")):
            yield [("    " if index == 0 else "", ""), (line, "")]

    def _print(self, line: Line) -> None:
        self._has_placeholders = self._has_placeholders or any("‹" in text for text, _ in line)
        self._console.print(Text.assemble(*line), soft_wrap=True)


def _verdicts(entries: list[Result], width: int) -> Iterator[Line]:
    """The verdicts, by subject."""
    column = max((len(result.statement.id) for result in entries), default=0) + 2
    narrow = width < column + 46
    for subject, group in results.by_subject(entries).items():
        yield []
        yield [(subject, "bold"), (f"  {results.tally(results.counts(group))}", "dim")]
        for result in group:
            mark = (f"  {result.label:<9}", MARKS[result.label])
            indent = 11 + (2 if narrow else column)
            notes = list(wrapped(_note(result), width, indent=indent, style="dim"))
            if narrow:
                yield [mark, (result.statement.id, "")]
                yield from notes
            else:
                first, *rest = notes or [[]]
                yield [mark, (f"{result.statement.id:<{column}}", ""), *first[1:]]
                yield from rest


def _note(result: Result) -> str:
    """The note, for blocked ones only the missing needs: how to provide these is printed once, below the verdicts."""
    return "; ".join(one_line(need.what) for need in result.verdict.needs) or result.note


def _blocking(entries: list[Result], width: int) -> Iterator[Line]:
    """How many statements wait for what is missing, and what to set."""
    blockers = results.blocking(entries)
    if blockers:
        yield from _heading("Not judged: what is missing, and what to set")
    for need, ids, _ in blockers:
        verb = "run with" if need.setting.startswith("--") else "set"
        remedy = f"{verb} {need.setting}" if need.setting else one_line(need.how)
        yield from entry(f"{len(ids):>4}", f"{one_line(need.what)}: {remedy}", width, indent=0, gap=6)


def _heading(title: str) -> Iterator[Line]:
    yield []
    yield [(title, "bold underline")]


def _section(title: str, pairs: list[tuple[str, str]], width: int) -> Iterator[Line]:
    if pairs:
        yield from _heading(title)
    for name, text in pairs:
        yield from entry(name, text, width, indent=2, gap=max(len(each) for each, _ in pairs) + 2)
