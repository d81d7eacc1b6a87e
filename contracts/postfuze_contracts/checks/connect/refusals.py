"""Judges requests to finalize that must be refused, without connecting anything or ending the session."""

from __future__ import annotations

from postfuze_contracts.checks.connect.connect_flow import (
    Page,
    States,
    call_without_key,
    changed_ids,
    is_refusal,
    pages_of,
    pending_session,
    stable_states,
    states,
)
from postfuze_contracts.checks.connect.outcomes import UNKNOWN_PAGE, expect_still_pending
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import FINALIZE
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target


@session_check("connect.at-least-one", "connect.kept-until-finalized", "connect.no-key")
def finalizing_without_a_page(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with an empty list of pages, with null, without the member, and without a body."""
    session, first = pending_session(target, judge)
    before = stable_states(target, pages_of(first))
    bodies: tuple[dict[str, list[str] | None] | None, ...]
    bodies = ({"selectedPageIds": []}, {"selectedPageIds": None}, {}, None)
    for body in bodies:
        exchange = call_without_key(target, judge, FINALIZE, session.value, body)
        expected = f"a refusal of {'no body' if body is None else body}: it selects nothing"
        if not judge.expect("connect.at-least-one", is_refusal(exchange), expected, exchange):
            return
        if exchange.status in (400, 422):
            judge.observe("errors.validation-status", str(exchange.status), exchange)
        if not expect_still_pending(target, judge, session, first, exchange):
            return
    if _expect_nothing(target, judge, "connect.at-least-one", pages_of(first), before, exchange):
        target.put_back(session)


@session_check("connect.unknown-page", "connect.kept-until-finalized", "connect.no-key")
def a_page_that_is_not_offered(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with a page that it does not offer, alone and with one that it offers."""
    session, first = pending_session(target, judge)
    page_id = pages_of(first)[-1]["id"]
    near = f"{page_id}0"  # fools a comparison of prefixes
    others = [near] if near not in {page["id"] for page in pages_of(first)} else []
    for ids in ([UNKNOWN_PAGE], [page_id, UNKNOWN_PAGE], [UNKNOWN_PAGE, page_id], others):
        if ids and not _expect_refused(target, judge, session, first, ids):
            return
    target.put_back(session)


@session_check("connect.unknown-page", "connect.kept-until-finalized", "connect.no-key")
def a_page_of_another_session(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with a page that only another one offers."""
    session, first = pending_session(target)
    try:
        other, offered = pending_session(target)
    except Blocked:
        target.put_back(session)
        raise
    target.put_back(other)
    own = {page["id"] for page in pages_of(first)}
    foreign = [page["id"] for page in pages_of(offered) if page["id"] not in own]
    if not foreign:
        target.put_back(session)
        raise Blocked(needs.unexpected("all fresh sessions offer the same pages"))
    if _expect_refused(target, judge, session, first, foreign[:1], pages_of(offered)):
        target.put_back(session)


def _expect_refused(
    target: Target, judge: Judge, session: Secret, first: Exchange, ids: list[str], others: list[Page] | None = None
) -> bool:
    """Judge that finalizing with these pages is refused, connects nothing and keeps the session. Returns whether the
    session is as good as before."""
    pages = [*pages_of(first), *(others or ()), {"id": UNKNOWN_PAGE}]
    before = stable_states(target, pages)
    exchange = call_without_key(target, judge, FINALIZE, session.value, {"selectedPageIds": ids})
    if not judge.expect("connect.unknown-page", is_refusal(exchange), "a refusal: one page is not offered", exchange):
        return False
    judge.observe("finalize.unknown-page", str(exchange.status), exchange)
    is_fresh = _expect_nothing(target, judge, "connect.unknown-page", pages, before, exchange)
    return expect_still_pending(target, judge, session, first, exchange) and is_fresh


def _expect_nothing(
    target: Target, judge: Judge, statement: str, pages: list[Page], before: States, exchange: Exchange
) -> bool:
    """Judge that a refused request connected none of the pages. Returns whether the session is as good as before: if
    its pages have new accounts, it can only reconnect these."""
    new = changed_ids(before, states(target, pages))
    expected = f"{describe(exchange)}, and connected {', '.join(new)}"
    judge.expect(statement, not new, "nothing connected by a refused request", exchange, got=expected)
    return all(id in before for id in new)
