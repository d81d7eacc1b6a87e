"""Judges finalizing with some pages of a session, with all, with one page twice, and by callers at the same time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

from postfuze_contracts.checks.connect.connect_flow import (
    Page,
    accounts_of,
    call_without_key,
    connected_ids,
    current_accounts,
    finalize,
    is_refusal,
    pages_of,
    pending_session,
)
from postfuze_contracts.checks.connect.outcomes import (
    FINALIZING,
    SELECTED,
    block_if_connected_already,
    expect_exactly,
    expect_fields,
    expect_returned,
)
from postfuze_contracts.checks.connect.pages import Existing, accounts_for
from postfuze_contracts.checks.connect.shown import SHOWING, expect_shown
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import GET, PENDING
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target

CALLERS = 4  # that race for a session
_FEW = 2  # pages, of which all but one are a single one
RACES = {"quick": 3, "ci": 5, "deep": 10}
_LATER = 1.5  # seconds
_MAX_USED = 20  # sessions that are tried again at the end


@session_check(
    *SELECTED,
    *("connect.finalize-fields", "connect.once", "connect.no-key"),
    "list.newest-first",
    assumes=(*FINALIZING, *SHOWING, "finalize.used-session"),
    writes="connects some pages of a fresh session",
)
def some_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with some of its pages, look at the accounts, then try to use the session again."""
    session, first = pending_session(target, judge)
    offered = pages_of(first)
    # If possible neither the first nor the last: these are the most likely to be connected by mistake.
    selected, existing = offered[1:-1][:2] or offered[1:] or offered, Existing(target)
    exchange = finalize(target, judge, session, selected)
    block_if_connected_already(target, judge, session, first, exchange, selected)
    if not judge.expect("connect.exactly-selected", exchange.status == 200, "200: the pages are offered", exchange):
        return
    expect_fields(judge, first, exchange)
    expect_shown(target, judge, first, exchange, existing)
    expect_exactly(target, judge, first, exchange, selected, existing)
    _expect_used_up(target, judge, session, exchange, [offered[:1], selected])


@session_check(
    *(*SELECTED, "connect.once", "connect.no-key"),
    assumes=(*FINALIZING, "finalize.used-session"),
    writes="connects one page of each of a few fresh sessions",
)
def a_race_for_a_session(target: Target, judge: Judge) -> None:
    """Finalize a fresh session from several callers at once, if possible with different pages. Repeat this with other
    sessions, because a race may end well by chance."""
    _race(target, judge)
    with suppress(Blocked):
        for _ in range(RACES[target.options.profile] - 1):
            if judge.failures:
                return
            _race(target, judge)


def _race(target: Target, judge: Judge) -> None:
    session, first = pending_session(target)
    offered = pages_of(first)
    existing = Existing(target)
    exchanges = _race_exchanges(target, session, offered)
    winners = [(page, exchange) for page, exchange in exchanges if exchange.status < 300]
    if not winners:
        block_if_connected_already(target, judge, session, first, exchanges[0][1], offered)
    one, several = len(winners) == 1, len(winners) > 1
    got = f"statuses {', '.join(str(exchange.status) for _, exchange in exchanges)}"
    for _, exchange in winners or exchanges[:1]:  # several winners are proof enough: another race may end well
        judge.expect("connect.once", one, "success for one of the callers", exchange, got=got, once=several)
    if one:
        ((page, exchange),) = winners
        expect_exactly(target, judge, first, exchange, [page], existing)
        _expect_used_up(target, judge, session, exchange, [])


def _race_exchanges(target: Target, session: Secret, offered: list[Page]) -> list[tuple[Page, Exchange]]:
    """The exchanges of callers that finalize at the same time, each with the selected page."""
    callers = max(2, min(CALLERS, target.options.connections))
    pages = offered[:-1] or offered  # the last is the most likely to be connected by mistake
    selected = [pages[number % len(pages)] for number in range(callers)]
    return list(zip(selected, _at_once(target, [(session, page) for page in selected]), strict=True))


def _at_once(target: Target, selections: Sequence[tuple[Secret, Page]]) -> list[Exchange]:
    """The exchanges of callers that finalize at the same time, each a session with one page."""
    start = Barrier(len(selections))

    def call(selection: tuple[Secret, Page]) -> Exchange:
        session, page = selection
        start.wait()
        return finalize(target, None, session, [page])

    with ThreadPoolExecutor(len(selections)) as pool:
        # Open the connections.
        list(pool.map(lambda selection: call_without_key(target, None, PENDING, selection[0].value), selections))
        return list(pool.map(call, selections))


@session_check(
    *SELECTED, assumes=FINALIZING, writes="connects one page of each of two fresh sessions, at the same time"
)
def sessions_at_the_same_time(target: Target, judge: Judge) -> None:
    """Finalize two fresh sessions at the same time: each caller gets the account of its own page. Repeat this with
    other sessions, because the callers may miss each other."""
    _finalize_two(target, judge)
    with suppress(Blocked):
        for _ in range(RACES[target.options.profile] - RACES["quick"]):
            if judge.failures:
                return
            _finalize_two(target, judge)


def _finalize_two(target: Target, judge: Judge) -> None:
    one, first = pending_session(target)
    try:
        other, second = pending_session(target)
    except Blocked:
        target.put_back(one)
        raise
    pages = pages_of(first)[0], pages_of(second)[-1]
    if pages[0]["id"] == pages[1]["id"]:
        target.put_back(one)
        target.put_back(other)
        raise Blocked(needs.unexpected("the sessions offer the same page"))
    existing = Existing(target)
    exchanges = _at_once(target, [(one, pages[0]), (other, pages[1])])
    for session, listing, page, exchange in zip((one, other), (first, second), pages, exchanges, strict=True):
        block_if_connected_already(target, judge, session, listing, exchange, [page])
        others = [each for each in (*pages_of(first), *pages_of(second)) if each["id"] != page["id"]]
        if exchange.status < 300:
            expect_returned(target, judge, listing, exchange, [page], others, existing)


@session_check(*SELECTED, assumes=FINALIZING, writes="connects all pages of a fresh session")
def all_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with all of its pages, the last one first."""
    session, first = pending_session(target)
    _expect_connected(target, judge, session, first, pages_of(first)[::-1])


@session_check(*SELECTED, assumes=FINALIZING, writes="connects all pages but one of a fresh session")
def all_but_one_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session that offers three pages or more with all of them but the second."""
    session, first = pending_session(target)
    offered = pages_of(first)
    if len(offered) <= _FEW:
        target.put_back(session)
        return
    _expect_connected(target, judge, session, first, [*offered[2:], offered[0]])


def _expect_connected(target: Target, judge: Judge, session: Secret, first: Exchange, selected: list[Page]) -> None:
    existing = Existing(target)
    exchange = finalize(target, None, session, selected)
    block_if_connected_already(target, judge, session, first, exchange, selected)
    if judge.expect("connect.exactly-selected", exchange.status == 200, "200: the pages are offered", exchange):
        expect_exactly(target, judge, first, exchange, selected, existing)


@session_check(
    *SELECTED,
    assumes=(*FINALIZING, "finalize.duplicate-page"),
    writes="connects one page of a fresh session",
)
def a_page_named_twice(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with a page twice that has no account: else that may be why it is refused."""
    session, first, page = _session_without_account(target)
    existing = Existing(target)
    exchange = finalize(target, None, session, [page, page])
    block_if_connected_already(target, judge, session, first, exchange, [page])
    count = len(accounts_of(exchange))
    if count == 1:
        judge.observe("finalize.duplicate-page", "connects-once", exchange)
        expect_exactly(target, judge, first, exchange, [page], existing)
        return
    refused = "refused" if is_refusal(exchange) else f"{exchange.status}, and connects {count} accounts"
    judge.observe("finalize.duplicate-page", refused, exchange)
    if call_without_key(target, None, PENDING, session.value).status == 200:
        target.put_back(session)


def _session_without_account(target: Target) -> tuple[Secret, Exchange, Page]:
    """A fresh session, its pages, and the first of them that the organization has no account for. Raises Blocked if a
    few sessions offer none."""
    others: list[Secret] = []
    try:
        for _ in range(_FEW):
            session, first = pending_session(target)
            accounts, network = current_accounts(target), first.member("network")
            for page in pages_of(first):
                if not accounts_for(accounts, [page], network):
                    return session, first, page
            others.append(session)
    finally:
        for each in others:
            target.put_back(each)
    raise Blocked(needs.unexpected("the pages that the sessions offer are connected already"))


@session_check(
    "account.tenant",
    needs=(needs.SESSION_TENANT, needs.FRESH_SESSION),
    writes="connects a page of a fresh session, if none is connected",
)
def the_tenant_of_an_account(target: Target, judge: Judge) -> None:
    """Retrieve the accounts that were connected, whose sessions were all started for the same tenant."""
    tenant = target.options.sessions.tenant
    require(tenant is not None, needs.SESSION_TENANT)
    for id in connected_ids(target)[:_MAX_USED]:
        got = target.call(GET, path={"id": id})
        require(got.status == 200, needs.unexpected(f"retrieving a connected account answered {got.status}"))
        text = f"tenant_id {got.member('tenant_id')!r}"
        same = got.member("tenant_id") == tenant
        judge.expect("account.tenant", same, "the tenant of the session", got, got=text, once=True)


@session_check("connect.once", last=True)
def sessions_that_were_finalized(target: Target, judge: Judge) -> None:
    """At the end of the run, try to list the pages of each session that was finalized."""
    used = list(target.used_sessions.items())[:_MAX_USED]
    require(used, needs.FRESH_SESSION)
    newest = max(exchange.response.received_at for _, exchange in used)
    target.client.wait(max(0.0, newest + _LATER - time.time()))
    for token, exchange in used:
        again = call_without_key(target, None, PENDING, token)
        require(again.status < 500, needs.unexpected(f"listing the pages of a used session answered {again.status}"))
        expected = "404: the session was finalized"
        judge.expect("connect.once", again.status == 404, expected, exchange, again, once=again.status < 300)


def _expect_used_up(
    target: Target, judge: Judge, session: Secret, exchange: Exchange, selections: list[list[Page]]
) -> None:
    """Judge that the session is gone for listing its pages, and for finalizing with each of `selections`."""
    pages = call_without_key(target, judge, PENDING, session.value)
    expected = "404: the session was finalized"
    judge.expect("connect.once", pages.status == 404, expected, exchange, pages, once=pages.status < 300)
    for selected in selections:
        again = finalize(target, None, session, selected)
        expected, once = "a refusal: the session was finalized", again.status < 300
        if judge.expect("connect.once", is_refusal(again), expected, exchange, again, once=once):
            judge.observe("finalize.used-session", str(again.status), exchange, again)
