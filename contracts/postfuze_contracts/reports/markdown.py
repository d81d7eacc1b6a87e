"""Markdown, for the summary of a CI step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import decisions, sections
from postfuze_contracts.reports.results import FileReport, Result
from postfuze_contracts.reports.text import curl, one_line

_ACTIVE: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")
_MAX_STATEMENTS: Final = 40  # failed ones with details, because the summary of a step is limited to 1 MiB
_MAX_COMMAND: Final = 4000  # characters


class MarkdownReport(FileReport):
    """The summary."""

    def render(self, finished: RunFinished) -> str:
        """The summary as Markdown."""
        return "\n".join(self._lines(finished)) + "\n"

    def _lines(self, finished: RunFinished) -> Iterator[str]:
        entries = results.from_verdicts(finished.verdicts)
        totals = results.counts(entries)
        url = self._options.url
        conclusion = results.conclusion(self._options, finished, self._strict)
        yield f"## Postfuze contract: {conclusion.headline}"
        yield ""
        numbers = (results.tally(totals), conclusion.coverage, results.cost(finished, self._options))
        yield f"{_text(url)}: {'; '.join(numbers)}."
        for reason in results.problems(conclusion):
            yield from ("", f"**{reason.word}:** {_text(reason.sentence)}")
        yield from _overview(entries)
        for result in [each for each in entries if each.label in ("fail", "flaky")][:_MAX_STATEMENTS]:
            yield from _failed(result, url)
        unresolved = [
            [_code(each.statement.id), each.label, _text(each.note)]
            for each in entries
            if each.label in ("blocked", "waived")
        ]
        yield from _details("Not judged, or waived", ["Statement", "Outcome", "Why"], unresolved)
        for title, group in sections(decisions(finished.observations, self._options.pins)):
            rows = [[_code(each.assumption.id), _text(each.observed), _text(each.mock)] for each in group]
            yield from _details(title, ["Assumption", "Here", "Mock"], rows)
        ledger = [[_text(each.what), _code(each.id), _text(results.end(each))] for each in finished.ledger]
        yield from _details("Changed on the target", ["What", "Account", "In the end"], ledger)
        yield from ("", *(f"- {_text(note)}" for note in results.waiver_notes(self._options, entries)))
        yield from ("", f"{_text(_sentence(results.limits_note(finished)))}.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _overview(entries: Sequence[Result]) -> Iterator[str]:
    yield ""
    yield from _table(
        ["Subject", *(label.capitalize() for label in results.LABELS), "Responses judged"],
        [
            [
                subject,
                *(str(results.counts(group)[label] or "") for label in results.LABELS),
                str(sum(result.verdict.judged for result in group)),
            ]
            for subject, group in results.by_subject(entries).items()
        ],
    )


def _failed(result: Result, url: str) -> Iterator[str]:
    yield ""
    yield f"### {result.label.capitalize()}: {_code(result.statement.id)}"
    yield ""
    yield f"> {_text(result.statement.statement)}"
    yield ">"
    yield f"> {_code(str(result.position))}"
    for failure in result.examples:
        yield from _failure(failure, url)


def _failure(failure: Failure, url: str) -> Iterator[str]:
    yield ""
    yield f"- expected: {_text(failure.expected)}"
    yield f"- got: {_text(failure.got)}"
    yield f"- check: {_code(failure.check)}"
    for name, text in results.both_responses(failure):
        yield f"- {name}: {_code(text)}"
    for exchange in failure.exchanges[-1:]:
        command = one_line(curl(exchange.request, url), _MAX_COMMAND)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", command)), 3)
        yield from ("", f"{fence}sh", command, fence)


def _details(title: str, heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A folded table; nothing if it has no rows."""
    if rows:
        yield from ("", f"<details><summary>{title} ({len(rows)})</summary>", "")
        yield from _table(heads, rows)
        yield from ("", "</details>")


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def _text(text: str) -> str:
    """`text` with all markup escaped."""
    return _ACTIVE.sub(r"\\\1", one_line(text)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def _code(text: str) -> str:
    """A short text as code, also within a table."""
    plain = one_line(text).replace("`", "'").replace("|", "¦")
    return f"`{plain}`"
