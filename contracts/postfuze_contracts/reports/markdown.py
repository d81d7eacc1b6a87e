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
        options = self._options
        conclusion = results.conclusion(options, finished, self._strict)
        yield f"## Postfuze contract: {conclusion.headline}, {' · '.join(results.standing(results.counts(entries)))}"
        yield from ("", f"{_text(options.url)}: {results.cost(finished, options)}.")
        for reason in results.problems(conclusion):
            yield from ("", f"**{reason.word}:** {_text(reason.sentence)}")
        broken, _ = results.split(entries)
        for result in [each for each in broken if each.label != results.WAIVED][:_MAX_STATEMENTS]:
            yield from self._failed(result)
        yield from self._open(finished)
        yield from self._not_judged(entries)
        waived = [[self._id(each), _text(each.note)] for each in entries if each.label == results.WAIVED]
        yield from _details("Waived", ["Statement", "Why"], waived)
        ledger = [[_text(each.what), _code(each.id), _text(results.end(each))] for each in finished.ledger]
        yield from _details("Changed on the target", ["What", "Account", "In the end"], ledger)
        yield from _overview(entries)
        passes = [[self._id(each), _text(each.note)] for each in entries if each.label == "pass"]
        yield from _details("Passed", ["Statement", "Judged"], passes)
        yield from ("", *(f"- {_text(note)}" for note in results.waiver_notes(options, entries)))
        yield from ("", f"{_text(_sentence(results.limits_note(finished)))}.")

    def _failed(self, result: Result) -> Iterator[str]:
        yield from ("", f"### {result.label.capitalize()}: {self._id(result)}", "")
        yield f"> {_prose(result.statement.statement)}"
        yield from (">", f"> {_code(str(result.position))}")
        for failure in result.examples:
            yield from _failure(failure, self._options.url)

    def _open(self, finished: RunFinished) -> Iterator[str]:
        """How the target decides what is open: what the mock decides otherwise first."""
        for title, group in sections(decisions(finished.observations, self._options.pins)):
            rows = [
                [self._link("assumption", each.assumption.id), _text(each.observed), _text(each.mock)]
                for each in sorted(group, key=lambda each: not each.differs)
            ]
            yield from _details(title, ["Assumption", "Here", "Mock"], rows)

    def _not_judged(self, entries: Sequence[Result]) -> Iterator[str]:
        """What is missing, what to set, and which statements wait for it."""
        kinds = {each.statement.id: each.kind for each in entries}
        rows = [
            [
                f"{_text(need.what)}: {_text(need.how)}",
                _code(need.setting) if need.setting else "",
                f"{len(ids)}: {', '.join(self._link(kinds[id], id) for id in ids)}",
            ]
            for need, ids, _ in results.blocking(entries)
        ]
        count = results.counts(entries)["blocked"]
        yield from _details("Not judged", ["What is missing", "Set", "Statements"], rows, count)

    def _id(self, result: Result) -> str:
        return self._link(result.kind, result.statement.id)

    def _link(self, kind: results.Kind, id: str) -> str:
        """The id, with a link to the published reference if its address is known."""
        url = results.reference(self._options, kind, id)
        return _code(id) if url is None else f"[{_code(id)}](<{url}>)"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _overview(entries: Sequence[Result]) -> Iterator[str]:
    labels = [label for label in results.LABELS if results.counts(entries)[label]]
    yield ""
    yield from _table(
        ["Subject", *(label.capitalize() for label in labels), "Responses judged"],
        [
            [
                subject,
                *(str(results.counts(group)[label] or "") for label in labels),
                str(sum(result.verdict.judged for result in group)),
            ]
            for subject, group in results.by_subject(entries).items()
        ],
    )


def _failure(failure: Failure, url: str) -> Iterator[str]:
    yield ""
    yield f"- expected: {_prose(failure.expected)}"
    yield f"- got: {_prose(failure.got)}"
    yield f"- check: {_code(failure.check)}"
    for name, text in results.both_responses(failure):
        yield f"- {name}: {_code(text)}"
    for exchange in failure.exchanges[-1:]:
        command = one_line(curl(exchange.request, url), _MAX_COMMAND)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", command)), 3)
        yield from ("", f"{fence}sh", command, fence)


def _details(title: str, heads: list[str], rows: list[list[str]], count: int | None = None) -> Iterator[str]:
    """A folded table of `count` things (None: one a row); nothing if it has no rows."""
    if rows:
        yield from ("", f"<details><summary>{title} ({count or len(rows)})</summary>", "")
        yield from _table(heads, rows)
        yield from ("", "</details>")


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def _text(text: str) -> str:
    """`text` with all markup escaped."""
    return _ACTIVE.sub(r"\\\1", one_line(text)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def _prose(text: str) -> str:
    """`text` with all markup escaped, but what stands between backticks as code."""
    parts = one_line(text).split("`")
    if len(parts) % 2 == 0:
        return _text(text)
    return "".join(_code(part) if index % 2 and part else _text(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """A short text as code, also within a table."""
    plain = one_line(text).replace("`", "'").replace("|", "¦")
    return f"`{plain}`"
