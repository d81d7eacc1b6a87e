"""One HTML page without external resources: the result at a glance, failures first, then what is missing.

All text is escaped, and the content security policy allows only the page's own style and script, whatever a response
contains. The script only filters and copies: everything can be read without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Template

from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import decisions, sections
from postfuze_contracts.reports.html import overview
from postfuze_contracts.reports.html.elements import part, section, sentence, source, text
from postfuze_contracts.reports.html.statements import Statements
from postfuze_contracts.reports.results import FileReport, Result


class HtmlReport(FileReport):
    """The page."""

    def render(self, finished: RunFinished) -> str:
        """The page as HTML."""
        entries = results.from_verdicts(finished.verdicts)
        totals = results.counts(entries)
        conclusion = results.conclusion(self._options, finished, self._strict)
        style, script = part("page.css") + overview.widths(totals), part("page.js")
        standing, *rest = results.standing(totals)
        return Template(part("page.html")).substitute(
            title=text(f"{conclusion.headline}: Postfuze contract at {self._options.url}"),
            policy=f"default-src 'none'; style-src '{source(style)}'; script-src '{source(script)}'",
            style=style,
            script=script,
            word=conclusion.headline,
            tone="fail" if conclusion.code else "pass",
            standing=standing,
            rest="".join(f" <span>· {each}</span>" for each in rest),
            bar=overview.bar(totals),
            facts=overview.facts(self._options, finished),
            problems="\n".join(
                f'<p class="problem"><strong>{reason.word}</strong> {text(reason.sentence)}</p>'
                for reason in results.problems(conclusion)
            ),
            chips="\n".join(overview.chip(label, totals[label]) for label in results.LABELS if totals[label]),
            sections="\n".join(self._sections(finished, entries)),
        )

    def _sections(self, finished: RunFinished, entries: Sequence[Result]) -> Iterator[str]:
        options = self._options
        statement = Statements(options).statement
        broken, others = results.split(entries)
        yield section("failures", _title(broken), "\n".join(map(statement, broken)))
        yield overview.not_judged(results.blocking(entries))
        for number, (title, group) in enumerate(sections(decisions(finished.observations, options.pins)), 1):
            yield section(f"open-{number}", title, overview.decision_table(options, group))
        yield section("changes", "Changed on the target", overview.ledger_table(finished))
        yield section("subjects", "By subject", overview.matrix(results.by_subject(entries)))
        yield section("statements", _title(others), "\n".join(map(statement, others)))
        notes = results.waiver_notes(options, entries)
        cost = [results.cost(finished, options), results.limits_note(finished), *notes]
        yield section("cost", "Cost", "".join(f"<p>{text(sentence(each))}</p>" for each in cost))


def _title(group: Sequence[Result]) -> str:
    """`6 failed, 1 flaky`."""
    totals = results.counts(group)
    return ", ".join(f"{totals[label]} {results.WORDS[label]}" for label in results.LABELS if totals[label])
