"""Observes what becomes of query parameters that no document describes, and of those that are sent twice."""

from __future__ import annotations

from postfuze_contracts.checks.list.walks import NOT_NOW
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.target.target import Target

_REFUSALS = (400, 422)


@check(assumes=("parameters.unknown", "parameters.repeated"), needs=(needs.ACCOUNTS,))
def unexpected_parameters(target: Target, judge: Judge) -> None:
    """List with a parameter that no document describes, and with two different limits."""
    plain = target.call(LIST, query={"limit": "2"})
    require(plain.status == 200, needs.unexpected(f"the list answered {plain.status}"))
    count = len(survey.rows(plain))
    require(count, needs.accounts(1))
    unknown = target.call(LIST, query={"limit": "2", "colour": "red"})
    _observe(judge, "parameters.unknown", unknown, {count: "ignored"})
    require(count == 2, needs.accounts(2))
    for query in ((("limit", "1"), ("limit", "2")), (("limit", "2"), ("limit", "1"))):
        first, last = (int(value) for _, value in query)
        _observe(judge, "parameters.repeated", target.call(LIST, query=query), {last: "last-wins", first: "first-wins"})


def _observe(judge: Judge, assumption: str, exchange: Exchange, choices: dict[int, str]) -> None:
    """Record the choice that the number of accounts shows, or the refusal."""
    require(exchange.status not in NOT_NOW, needs.unexpected(f"the list answered {exchange.status}"))
    size = len(survey.rows(exchange))
    text = f"{size} accounts" if exchange.status == 200 else describe(exchange)
    shown = choices.get(size, text) if exchange.status == 200 else text
    judge.observe(assumption, "refused" if exchange.status in _REFUSALS else shown, exchange)
