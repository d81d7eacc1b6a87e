"""The report that people read while and after a run. Without a terminal it is quiet, has no colour and no live part."""

from __future__ import annotations

import atexit
import io
import sys
from collections import Counter
from collections.abc import Iterator
from typing import IO, Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from postfuze_contracts.model.events import Changed, CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.layout import Line, entry, wrapped
from postfuze_contracts.reports.progress import Progress
from postfuze_contracts.reports.results import Result
from postfuze_contracts.reports.text import curl, duration, number, one_line

WIDTH: Final = 100  # columns where there is no terminal to ask
MARKS: Final = {
    "pass": "green",
    "fail": "bold red",
    "blocked": "yellow",
    "skipped": "dim",
    "waived": "magenta",
    "flaky": "bold yellow",
}
_CURLS: Final = 3  # requests of one failure that are shown
_LONGEST: Final = 600  # characters of what was expected and what came


def console(file: IO[str] | None = None) -> Console:
    """A console on `file` (default: standard output): colours and live parts only where it is a terminal."""
    file = file or sys.stdout
    terminal = file.isatty()
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(errors="backslashreplace")  # a terminal that lacks a character must not end the run
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
    """Reports on a console."""

    def __init__(self, on: Console | None = None, *, strict: bool = False) -> None:
        self._console = on or console()
        self._strict = strict
        self._options: Options | None = None
        self._progress = Progress()
        self._live: Live | None = None
        self._masked = False

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
        options = event.options
        settings = f"access {options.access.name.lower()}, profile {options.profile}, seed {options.seed}"
        self._print([("Postfuze contract", "bold"), (f" at {one_line(options.url)} ({settings})", "")])
        if self._console.is_terminal and self._console.file.isatty():
            self._live = Live(get_renderable=self._progress.picture, console=self._console, transient=True)
            self._live.start()
            atexit.register(self._end)  # a run that is broken off must not leave the cursor hidden

    def _end(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            atexit.unregister(self._end)

    def _report(self, finished: RunFinished) -> None:
        found = results.results(finished.verdicts)
        counted = results.counts(found)
        for line in self._lines(finished, found):
            self._print(line)
        word = results.headline(finished, counted, self._strict)
        said = one_line(finished.fault) if finished.fault is not None else results.tally(counted)
        cost = f"{number(finished.requests, 'request')} in {duration(finished.seconds)}"
        self._print([])
        self._print([(word, MARKS["pass" if word == "PASS" else "fail"]), (f"  {said}; {cost}", "bold")])

    def _lines(self, finished: RunFinished, found: list[Result]) -> Iterator[Line]:
        width = self._console.width
        yield from _table([result for result in found if result.label != "skipped"], width)
        unasked = sum(result.label == "skipped" for result in found)
        if unasked:
            yield from ([], [(f"{number(unasked, 'statement')} not asked for", "dim")])
        for title, label in (("Failures", "fail"), ("Flaky: failed, and not again", "flaky")):
            shown = [result for result in found if result.label == label]
            if shown:
                yield from _heading(title)
            for result in shown:
                yield from self._failed(result, width)
        yield from _blocking(found, width)
        yield from _section(
            "Assumptions", [(c.assumption.id, c.note) for c in results.choices(finished.observations)], width
        )
        yield from _section("Changed on the target", results.changes(finished.ledger), width)
        yield from _section("Waivers", [("note", each) for each in results.waiver_notes(self._options, found)], width)
        if self._masked:
            yield from _heading("Masked")
            about = "Texts in ‹ › stand for values that are not shown, equal ones for equal values."
            yield from wrapped(f"{about} With --show-bodies, only secrets are masked.", width, indent=2)
        yield from _heading("Cost")
        yield from wrapped(f"{results.cost(finished)}; {results.limits_note(finished)}", width, indent=2)

    def _failed(self, result: Result, width: int) -> Iterator[Line]:
        yield []
        yield [
            (f"  {result.label.upper()} ", MARKS[result.label]),
            (result.statement.id, "bold"),
            (f"  {result.place}", "cyan"),
        ]
        yield from wrapped(result.statement.statement.strip(), width, indent=4, style="italic")
        for failure in result.examples:
            yield from self._failure(failure, width)
        left = len(result.verdict.failures) - len(result.examples)
        if left:
            yield [(f"    and {number(left, 'failure')} more like these", "dim")]

    def _failure(self, failure: Failure, width: int) -> Iterator[Line]:
        yield from entry("expected", one_line(failure.expected, _LONGEST), width, style="green")
        yield from entry("got", one_line(failure.got, _LONGEST), width, style="red")
        yield from entry("check", failure.check, width)
        if len(failure.exchanges) > _CURLS:
            yield from entry("after", number(len(failure.exchanges) - 1, "other request"), width)
        shown = failure.exchanges if len(failure.exchanges) <= _CURLS else failure.exchanges[-1:]
        for exchange in shown:
            yield from self._request(exchange)
        for name, text in results.both_answers(failure):
            yield from entry(name, text, width)
        for exchange in failure.again[-1:]:
            if exchange.request not in [each.request for each in shown]:
                yield from self._request(exchange)

    def _request(self, exchange: Exchange) -> Iterator[Line]:
        """The request, never wrapped: it is there to be pasted."""
        url = self._options.url if self._options is not None else ""
        for index, line in enumerate(curl(exchange.request, url).split("\n")):
            yield [("    " if index == 0 else "", ""), (line, "")]

    def _print(self, line: Line) -> None:
        self._masked = self._masked or any("‹" in text for text, _ in line)
        self._console.print(Text.assemble(*line), soft_wrap=True)


def _table(found: list[Result], width: int) -> Iterator[Line]:
    """All verdicts, by subject."""
    longest = max((len(result.statement.id) for result in found), default=0)
    for subject, group in results.by_subject(found).items():
        yield []
        yield [(subject, "bold"), (f"  {results.tally(results.counts(group))}", "dim")]
        for result in group:
            mark = (f"  {result.label:<9}", MARKS[result.label])
            narrow = width < longest + 48
            start = f"  {'':9}" + ("  " if narrow else " " * (longest + 2))
            notes = list(wrapped(_note(result), width, indent=len(start), style="dim"))
            if narrow:
                yield [mark, (result.statement.id, "")]
                yield from notes
            else:
                first, *rest = notes or [[]]
                yield [mark, (f"{result.statement.id:<{longest + 2}}", ""), *first[1:]]
                yield from rest


def _note(result: Result) -> str:
    """Of what is blocked, only what is missing: how to provide it is told once, below the table."""
    return "; ".join(one_line(need.what) for need in result.verdict.needs) or result.note


def _blocking(found: list[Result], width: int) -> Iterator[Line]:
    """What was missing, how to provide it, and how many statements wait for it."""
    waiting = Counter(need for result in found for need in result.verdict.needs)
    if waiting:
        yield from _heading("What blocked, and how to provide it")
    for need, count in waiting.items():
        yield from entry(need.id, f"{one_line(need.what)} ({number(count, 'statement')})", width, indent=2, gap=28)
        yield from entry("", one_line(need.how), width, indent=2, gap=28)


def _heading(title: str) -> Iterator[Line]:
    yield []
    yield [(title, "bold underline")]


def _section(title: str, pairs: list[tuple[str, str]], width: int) -> Iterator[Line]:
    if pairs:
        yield from _heading(title)
    for name, text in pairs:
        yield from entry(name, text, width, indent=2, gap=max(len(each) for each, _ in pairs) + 2)
