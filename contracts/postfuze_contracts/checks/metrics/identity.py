"""Judges which account metrics are of: the one in the path, and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from postfuze_contracts.checks.health.identity import LANES, ROUNDS, near_ids
from postfuze_contracts.checks.metrics.snapshots import PASSING, form, is_id
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import GET, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target


@check(assumes=("metrics.unknown",))
def an_account_that_does_not_exist(target: Target, judge: Judge) -> None:
    """Read the metrics of an id that no account has."""
    unknown = target.call(METRICS, path={"id": MISSING_ID})
    judge.observe("metrics.unknown", _choice(unknown), unknown)


@check(assumes=("metrics.unknown",), needs=(needs.ACCOUNTS,))
def ids_that_nearly_match(target: Target, judge: Judge) -> None:
    """Read the metrics of ids that are a character longer or shorter than an account's."""
    for id in near_ids(str(survey.accounts(target)[0]["id"])):
        exchange = target.call(METRICS, path={"id": id})
        if exchange.status < 300 and form(exchange) != "none-yet" and target.call(GET, path={"id": id}).status == 404:
            judge.observe("metrics.unknown", "metrics, for an id that is nearly an account's", exchange)


def _choice(exchange: Exchange) -> str:
    return "message" if form(exchange) == "none-yet" else describe(exchange) if exchange.status != 404 else "404"


@check("metrics.value-fields", needs=(needs.ACCOUNTS,))
def metrics_at_the_same_time(target: Target, judge: Judge) -> None:
    """Read the metrics of several accounts at the same time: each response is of the account in its path."""
    ids = [str(account["id"]) for account in islice(survey.spread(survey.accounts(target), LANES), LANES)]
    require(len(ids) > 1, needs.accounts(2))

    def call(id: str) -> Exchange:
        return target.call(METRICS, path={"id": id})

    with ThreadPoolExecutor(LANES) as pool:
        exchanges = list(pool.map(call, ids * ROUNDS))
    for id, exchange in zip(ids * ROUNDS, exchanges, strict=True):
        other = exchange.member("social_account_id")
        if exchange.status == 200 and isinstance(other, str) and exchange.status not in PASSING:
            holds, expected = is_id(other, id), f"the metrics of {id}"
            judge.expect("metrics.value-fields", holds, expected, exchange, got=f"those of {other}", once=other in ids)
    require(judge.judged, needs.accounts(2, "account with metrics"))
