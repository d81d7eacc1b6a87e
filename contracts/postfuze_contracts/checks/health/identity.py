"""Judges which account a health check is of: the one in the path, and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from postfuze_contracts.checks.health.checkup import PASSING, accounts
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import GET, HEALTH, MISSING_ID
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

LANES, ROUNDS = 4, 3


@check("health.unknown")
def an_account_that_does_not_exist(target: Target, judge: Judge) -> None:
    """Check the health of an account that does not exist."""
    exchange = target.call(HEALTH, path={"id": MISSING_ID})
    judge.expect("health.unknown", exchange.status == 404, "404 for an id that no account has", exchange)


@check("health.unknown", access=Access.PROBE, needs=(needs.ACCOUNTS,))
def ids_that_nearly_match(target: Target, judge: Judge) -> None:
    """Check ids that are a character longer or shorter than an account's."""
    for id in near_ids(str(accounts(target)[0]["id"])):
        if target.call(GET, path={"id": id}).status == 404:
            exchange = target.call(HEALTH, path={"id": id})
            refused = exchange.status >= 400  # which status a malformed id gets is an assumption
            judge.expect("health.unknown", refused, "404: no account has this id", exchange)
    require(judge.judged, needs.unexpected("ids that nearly match an account's are not refused with 404"))


def near_ids(id: str) -> tuple[str, ...]:
    """Ids that are nearly `id`, if that is a UUID: any other may be a part of another account's id."""
    return (f"{id}0", f"0{id}", id[:-1], f"{id}%") if len(id) == len(MISSING_ID) and id.count("-") == 4 else ()


@check("health.fields", access=Access.PROBE, needs=(needs.ACCOUNTS,), writes="probes up to four accounts")
def checks_at_the_same_time(target: Target, judge: Judge) -> None:
    """Check several accounts at the same time: each response is of the account in its path."""
    ids = [str(account["id"]) for account in islice(survey.spread(accounts(target), LANES), LANES)]
    require(len(ids) > 1, needs.accounts(2))

    def call(id: str) -> Exchange:
        return target.call(HEALTH, path={"id": id})

    with ThreadPoolExecutor(LANES) as pool:
        exchanges = list(pool.map(call, ids * ROUNDS))
    for id, exchange in zip(ids * ROUNDS, exchanges, strict=True):
        if exchange.status not in (404, *PASSING):
            other = exchange.member("id") if str(exchange.member("id")).lower() != id.lower() else None
            expected, got = f"the health of {id}", f"that of {other}"
            judge.expect("health.fields", other is None, expected, exchange, got=got, once=other in ids)
