"""An HTML page without external resources: a matrix of statements, filters, and the exchanges of failures.

All text is escaped, and the content security policy allows only the page's own script, whatever a response contains.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from string import Template
from typing import Final

from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import Decision, decisions, sections
from postfuze_contracts.reports.results import FileReport, Result
from postfuze_contracts.reports.text import curl, number, one_line, printable

_SIGNS: Final = {"pass": "✓", "fail": "✗", "flaky": "~", "waived": "w", "blocked": "–", "skipped": "·"}
_MAX_CHARACTERS: Final = 4000  # of a text or a body
_MAX_EXCHANGES: Final = 5  # of one failure: the first and the last ones


class HtmlReport(FileReport):
    """The page."""

    def render(self, finished: RunFinished) -> str:
        """The page as HTML."""
        entries = results.from_verdicts(finished.verdicts)
        totals = results.counts(entries)
        conclusion = results.conclusion(self._options, finished, self._strict)
        word = conclusion.headline
        style, script = _part("html_style.css"), _part("html_script.js")
        options = self._options
        cost = results.cost(finished, options)
        notes = results.waiver_notes(options, entries)
        return Template(_part("html_template.html")).substitute(
            title=_text(f"{word}: Postfuze contract at {options.url}"),
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
            style=style,
            script=script,
            word=word,
            tone="pass" if word == "PASS" else "fail",
            target=_text(options.url),
            settings=_text("; ".join([results.tally(totals), conclusion.coverage, cost, results.settings(options)])),
            fault="\n".join(
                f'<p class="fault"><strong>{reason.word}</strong> {_text(reason.sentence)}</p>'
                for reason in results.problems(conclusion)
            ),
            matrix="\n".join(_row(subject, group) for subject, group in results.by_subject(entries).items()),
            chips="\n".join(_chip(label, totals[label]) for label in results.LABELS if totals[label]),
            statements="\n".join(self._statement(result) for result in results.worst_first(entries)),
            blocking=_table(
                "What blocked, and how to provide it",
                ("Need", "What is missing", "Statements", "How to provide it"),
                [(need.id, need.what, str(count), need.how) for need, count in results.blocking(entries)],
            ),
            assumptions="\n".join(
                _table(title, _DECISION_HEADS, [_decision(each) for each in group])
                for title, group in sections(decisions(finished.observations, options.pins))
            ),
            ledger=_table(
                "Changed on the target",
                ("What", "Id", "In the end"),
                [(c.what, c.id, results.end(c)) for c in finished.ledger],
            ),
            cost=_text("; ".join([cost, results.limits_note(finished), *notes])) + ".",
        )

    def _statement(self, result: Result) -> str:
        statement, label = result.statement, result.label
        failures = "".join(self._failure(failure) for failure in result.examples)
        others = len(result.verdict.failures) - len(result.examples)
        more = f"<p>And {number(others, 'failure')} more like these.</p>" if others else ""
        return (
            f'<details class="statement" id="{_text(statement.id)}" data-outcome="{label}"'
            f"{' open' if label == 'fail' else ''}>"
            f'<summary><span class="mark {label}">{label}</span><span class="id">{_text(statement.id)}</span>'
            f'<span class="note">{_text(result.note)}</span></summary><div class="inside">'
            f'<p class="sentence">{_text(statement.statement.strip())}</p>'
            f"<p><code>{_text(str(result.position))}</code> <code>{_text(result.position.pointer)}</code></p>"
            f"{failures}{more}</div></details>"
        )

    def _failure(self, failure: Failure) -> str:
        exchanges = failure.exchanges
        if len(exchanges) > _MAX_EXCHANGES:
            exchanges = (exchanges[0], *exchanges[1 - _MAX_EXCHANGES :])
        omitted = len(failure.exchanges) - len(exchanges)
        items = [self._exchange(each, index == len(exchanges)) for index, each in enumerate(exchanges, 1)]
        terms = {"Expected": failure.expected, "Got": failure.got, "Check": failure.check}
        pairs = "".join(f"<dt>{name}</dt><dd>{_text(_cut(value))}</dd>" for name, value in terms.items())
        if omitted:
            items.insert(1, f"<p>{number(omitted, 'exchange')} omitted; the JSON report has them all.</p>")
        success = "".join(self._exchange(each, decisive=True) for each in failure.again[-1:])
        again = f"<p>When the check ran again, this held:</p>{success}" if success else ""
        return f'<div class="failure"><dl>{pairs}</dl>{"".join(items)}{again}</div>'

    def _exchange(self, exchange: Exchange, decisive: bool) -> str:
        request, response = exchange.request, exchange.response
        title = one_line(f"{request.method} {request.path} → {response.status}")
        return (
            f'<details class="exchange"{" open" if decisive else ""}><summary>{_text(title)}</summary>'
            f"<pre>{_text(_cut(curl(request, self._options.url)))}</pre>"
            f"<pre>{_text(_response(response.status, response.headers, response.body))}</pre></details>"
        )


_DECISION_HEADS: Final = ("Assumption", "Question", "Here", "Mock", "Pinned")


def _decision(decision: Decision) -> tuple[str, ...]:
    assumption = decision.assumption
    return assumption.id, assumption.question, decision.observed, decision.mock, decision.pin or ""


def _row(subject: str, group: Sequence[Result]) -> str:
    judged = sum(result.label in ("pass", "fail", "flaky", "waived") for result in group)
    cells = "".join(_cell(result) for result in group)
    return (
        f'<tr><th scope="row">{_text(subject)}</th><td>{judged}/{len(group)} judged</td>'
        f'<td><div class="cells">{cells}</div></td></tr>'
    )


def _cell(result: Result) -> str:
    about = _text(f"{result.statement.id}: {result.label}")
    return (
        f'<a class="cell {result.label}" href="#{_text(result.statement.id)}" title="{about}" aria-label="{about}">'
        f"{_SIGNS[result.label]}</a>"
    )


def _chip(label: str, count: int) -> str:
    return f'<button type="button" class="{label}" value="{label}" aria-pressed="true">{label} {count}</button>'


def _table(title: str, heads: Iterable[str], rows: Sequence[Iterable[str]]) -> str:
    """A section with a table; empty if it has no rows."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{_text(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{_text(each)}</td>' for each in row)}</tr>" for row in rows)
    table = f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<section><h2>{_text(title)}</h2><div class="scroll">{table}</div></section>'


def _response(status: int, headers: Mapping[str, str], body: bytes) -> str:
    lines = [f"HTTP {status}", *(f"{name}: {value}" for name, value in headers.items()), ""]
    return "\n".join([*lines, _cut(body.decode("utf-8", "replace"))])


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]} … ({len(text):,} characters)"


def _text(text: str) -> str:
    return escape(printable(text))


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _hash(inline: str) -> str:
    """The source of an inline style or script in a content security policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}"
