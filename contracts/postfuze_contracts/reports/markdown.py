"""Markdown, for the summary of a CI step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.files import write
from postfuze_contracts.reports.results import Result
from postfuze_contracts.reports.text import curl, one_line

_ACTIVE: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")
_MOST: Final = 40  # failed statements that are written out: a step's summary may have 1 MiB
_LONGEST: Final = 4000  # characters of a command


class MarkdownReport:
    """Writes the report when the run is over."""

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        self._path = path
        self._strict = strict
        self._options: Options | None = None

    def handle(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._options = event.options
        elif isinstance(event, RunFinished):
            write(self._path, "\n".join(self._lines(event)) + "\n")

    def _lines(self, finished: RunFinished) -> Iterator[str]:
        found = results.results(finished.verdicts)
        counted = results.counts(found)
        url = self._options.url if self._options is not None else ""
        yield f"## Postfuze contract: {results.headline(finished, counted, self._strict)}"
        yield ""
        yield f"{_text(url)}: {results.tally(counted)}; {results.cost(finished)}."
        if finished.fault is not None:
            yield from ("", f"**The target could not be judged:** {_text(finished.fault)}")
        yield from _overview(found)
        for result in [each for each in found if each.label in ("fail", "flaky")][:_MOST]:
            yield from _failed(result, url)
        rows = [[_code(each.statement.id), each.label, _text(each.note)] for each in found]
        open_rows = [row for row in rows if row[1] in ("blocked", "waived")]
        yield from _details("Not judged, or waived", ["Statement", "Outcome", "Why"], open_rows)
        yield from _details(
            "Assumptions",
            ["Assumption", "Here", "Mock"],
            [
                [_code(each.assumption.id), _text(each.observation.choice), _text(each.mock)]
                for each in results.choices(finished.observations)
            ],
        )
        ledger = [[_text(each.what), _code(each.id), _text(results.end(each))] for each in finished.ledger]
        yield from _details("Changed on the target", ["What", "Account", "In the end"], ledger)
        yield from ("", *(f"- {_text(note)}" for note in results.waiver_notes(self._options, found)))
        yield from ("", f"{_text(_sentence(results.limits_note(finished)))}.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _overview(found: Sequence[Result]) -> Iterator[str]:
    yield ""
    yield from _table(
        ["Subject", *(label.capitalize() for label in results.LABELS), "Answers judged"],
        [
            [
                subject,
                *(str(results.counts(group)[label] or "") for label in results.LABELS),
                str(sum(result.verdict.judged for result in group)),
            ]
            for subject, group in results.by_subject(found).items()
        ],
    )


def _failed(result: Result, url: str) -> Iterator[str]:
    yield ""
    yield f"### {result.label.capitalize()}: {_code(result.statement.id)}"
    yield ""
    yield f"> {_text(result.statement.statement)}"
    yield ">"
    yield f"> {_code(str(result.place))}"
    for failure in result.examples:
        yield from _failure(failure, url)


def _failure(failure: Failure, url: str) -> Iterator[str]:
    yield ""
    yield f"- expected: {_text(failure.expected)}"
    yield f"- got: {_text(failure.got)}"
    yield f"- check: {_code(failure.check)}"
    for name, text in results.both_answers(failure):
        yield f"- {name}: {_code(text)}"
    for exchange in failure.exchanges[-1:]:
        command = one_line(curl(exchange.request, url), _LONGEST)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", command)), 3)
        yield from ("", f"{fence}sh", command, fence)


def _details(title: str, heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A table that is folded; nothing where it has no rows."""
    if rows:
        yield from ("", f"<details><summary>{title} ({len(rows)})</summary>", "")
        yield from _table(heads, rows)
        yield from ("", "</details>")


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def _text(text: str) -> str:
    """Text in which nothing is markup."""
    return _ACTIVE.sub(r"\\\1", one_line(text)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def _code(text: str) -> str:
    """A short text as code, also within a table."""
    plain = one_line(text).replace("`", "'").replace("|", "¦")
    return f"`{plain}`"
