"""What stands around the statements on the page: the result with its bar, what is missing, and what was observed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Options
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import Decision
from postfuze_contracts.reports.html.elements import (
    capital,
    code,
    copyable,
    link,
    prose,
    section,
    sentence,
    table,
    text,
)
from postfuze_contracts.reports.results import Blocker, Result
from postfuze_contracts.reports.text import duration, number, one_line

_SIGNS: Final = {"pass": "✓", "fail": "✗", "flaky": "~", "waived": "w", "blocked": "–", "skipped": "·"}
_SECTIONS: Final = {"blocked": "not-judged", "skipped": "statements", "pass": "statements"}  # else: failures
_OTHERS: Final = tuple(label for label in results.LABELS if label != "pass")
_DECISION_HEADS: Final = ("Assumption", "Here", "The mock", "Pinned")


def widths(totals: Mapping[str, int]) -> str:
    """The style of the bar's parts: as wide as there are statements. The policy allows no style at the parts."""
    return "".join(f"\n.bar .{label} {{ flex-grow: {totals[label]}; }}" for label in results.ASKED if totals[label])


def bar(totals: Counter[str]) -> str:
    """The outcomes as a bar, and in words that lead to their statements."""
    labels = [label for label in ("pass", *_OTHERS) if totals[label]]
    parts = "".join(f'<span class="{label}"></span>' for label in labels if label in results.ASKED)
    words = "".join(_words(label, totals[label]) for label in labels)
    return f'<div class="bar" aria-hidden="true">{parts}</div><ul class="legend" aria-label="Outcomes">{words}</ul>'


def _words(label: str, count: int) -> str:
    sign = f'<span class="sign {label}" aria-hidden="true">{_SIGNS[label]}</span>'
    return f'<li><a href="#{_SECTIONS.get(label, "failures")}">{sign}{count} {results.WORDS[label]}</a></li>'


def facts(options: Options, finished: RunFinished) -> str:
    """What was run, and what it took."""
    pairs = {
        "Target": options.url,
        "Access": options.access.name.lower(),
        "Profile": options.profile_name,
        "Seed": str(options.seed),
        "Requests": f"{finished.requests:,}",
        "Time": duration(finished.seconds),
    }
    return "".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in pairs.items())


def matrix(subjects: Mapping[str, Sequence[Result]]) -> str:
    """A row for each subject, with a cell for each statement."""
    rows = "\n".join(_row(subject, group) for subject, group in subjects.items())
    return f'<div class="matrix">{rows}</div>'


def _row(subject: str, group: Sequence[Result]) -> str:
    judged = sum(result.label not in ("blocked", "skipped") for result in group)
    cells = "".join(_cell(result) for result in group)
    head = f"<h3>{text(subject)}</h3><p>{judged}/{len(group)} judged</p>"
    return f'<div class="row">{head}<div class="cells">{cells}</div></div>'


def _cell(result: Result) -> str:
    about = text(f"{result.statement.id}: {result.label}")
    return (
        f'<a class="cell {result.label}" href="#{text(result.statement.id)}" title="{about}" aria-label="{about}">'
        f"{_SIGNS[result.label]}</a>"
    )


def chip(label: str, count: int) -> str:
    """A button of the filter."""
    return f'<button type="button" class="{label}" value="{label}" aria-pressed="true">{label} {count}</button>'


def not_judged(blockers: Sequence[Blocker]) -> str:
    """The section with a card for each reason for which statements were not judged."""
    cards = "\n".join(map(_card, blockers))
    about = (
        "What a statement needs is known for certain only when it is tried, so a setting may show that more is missing."
    )
    content = f'<div class="cards">{cards}</div>' if cards else ""
    return section("not-judged", "Not judged: what is missing, and what to set", content, about)


def _card(blocker: Blocker) -> str:
    """What is missing, what to set, and which statements wait for it."""
    need = blocker.need
    others = f"; {blocker.shared} of them for something else, too" if blocker.shared else ""
    waiting = number(len(blocker.statements), "statement waits", "statements wait")
    words = text(need.setting).replace("_", "_<wbr>")  # a long name breaks between its words
    setting = copyable(words, "Copy the setting") if words else ""
    ids = " ".join(f'<a class="id" href="#{text(id)}">{text(id)}</a>' for id in blocker.statements)
    return (
        f'<article class="card item"><h3>{text(capital(need.what))}</h3><p>{text(sentence(need.how))}</p>{setting}'
        f'<details><summary>{waiting} for it{others}</summary><p class="ids">{ids}</p></details></article>'
    )


def decision_table(options: Options, group: Sequence[Decision]) -> str:
    """How the target decides what is open: what the mock decides otherwise first."""
    pinned = any(each.pin is not None for each in group)
    heads = _DECISION_HEADS if pinned else _DECISION_HEADS[:-1]
    rows = (_decision(options, each)[: len(heads)] for each in sorted(group, key=lambda each: not each.differs))
    return table(heads, rows)


def _decision(options: Options, decision: Decision) -> tuple[str, ...]:
    assumption = decision.assumption
    url = results.reference(options, "assumption", assumption.id) if assumption.question else None
    return (
        f'<span class="id">{link(assumption.id, url)}</span><p>{prose(assumption.question)}</p>',
        "".join(_choice(decision, each.choice) for each in decision.observations),
        f'<span class="differs">differs:</span> {_choice(decision, assumption.choice)}'
        if decision.differs
        else "the same",
        code(decision.pin) if decision.pin is not None else "",
    )


def _choice(decision: Decision, choice: str) -> str:
    about = decision.assumption.descriptions.get(choice)
    explanation = f"<p>{prose(about)}</p>" if about else ""
    return f"{code(one_line(choice, 300))}{explanation}"


def ledger_table(finished: RunFinished) -> str:
    """What the run changed on the target."""
    rows = [(text(each.what), code(each.id), text(results.end(each))) for each in finished.ledger]
    return table(("What", "Account", "In the end"), rows)
