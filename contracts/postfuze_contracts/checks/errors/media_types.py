"""Observes which media type successful responses have. The documents name only that of problem documents."""

from __future__ import annotations

from postfuze_contracts.checks.auth_url import startable
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import CREATE_AUTH_URL, GET, HEALTH, LIST, METRICS, PENDING
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

MEDIA_TYPE = "responses.media-type"


@check(assumes=(MEDIA_TYPE,), last=True)
def successful_responses(target: Target, judge: Judge) -> None:
    """Call each operation that succeeds without harm, and look at what this run connected and disconnected."""
    page = target.call(LIST, query={"limit": "1"})
    service = target.service_health()
    exchanges = [page, *([] if service is None else [service])]
    for account in survey.rows(page):
        path = {"id": account["id"]}
        exchanges += [target.call(operation, path=path) for operation in (GET, METRICS)]
        exchanges += [target.call(HEALTH, path=path)] if target.allows(HEALTH, **path) else []
    exchanges += _of_the_connect_flow(target)
    exchanges += [change.exchange for change in target.ledger.changes]
    for exchange in exchanges:
        observe_media_type(judge, exchange)


def _of_the_connect_flow(target: Target) -> list[Exchange]:
    """The start of a connect flow, and the pages of a fresh session, if the run's access allows them."""
    if target.options.access < Access.FULL:
        return []
    platform = startable(target)[0] if target.deployed(CREATE_AUTH_URL) else None
    exchanges = [target.call(CREATE_AUTH_URL, path={"platform": platform}, body={})] if platform else []
    if (session := target.fresh_session()) is not None:
        exchanges.append(target.call(PENDING, path={"sessionToken": session.value}, key=None))
        target.put_back(session)
    return exchanges


def observe_media_type(judge: Judge, exchange: Exchange) -> None:
    """Observe the media type of a response of 200 with JSON."""
    if exchange.status == 200 and exchange.json is not None:
        is_json = exchange.response.media_type == "application/json"
        judge.observe(MEDIA_TYPE, "application-json" if is_json else "other", exchange)
