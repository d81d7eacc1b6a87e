"""Judges finalizing with some pages of a session, with all, with one page twice, and by callers that race."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

from postfuze_contracts.checks.connect.connect_flow import (
    Page,
    accounts_of,
    call_without_key,
    finalize,
    is_refusal,
    pages_of,
    pending_session,
    stable_states,
)
from postfuze_contracts.checks.connect.outcomes import (
    block_if_connected_already,
    expect_exactly,
    expect_fields,
    expect_shown,
    observe,
)
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import session_check
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import PENDING
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target

CALLERS = 4  # that race for a session
_FEW = 2  # pages, of which all but one are a single one
RACES = {"quick": 3, "ci": 5, "deep": 10}


@session_check(
    *("connect.exactly-selected", "connect.finalize-fields", "connect.shown-after", "connect.once", "connect.no-key"),
    writes="connects some pages of a fresh session",
)
def some_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with some of its pages, look at the accounts, then try to use the session again."""
    session, first = pending_session(target, judge)
    offered = pages_of(first)
    # If possible neither the first nor the last: these are the most likely to be connected by mistake.
    selected, before = offered[1:-1][:2] or offered[1:] or offered, stable_states(target, offered)
    exchange = finalize(target, judge, session, selected)
    block_if_connected_already(target, judge, session, exchange, selected)
    if not judge.expect("connect.exactly-selected", exchange.status == 200, "200: the pages are offered", exchange):
        return
    expect_fields(judge, first, exchange)
    expect_shown(target, judge, first, exchange)
    expect_exactly(target, judge, exchange, offered, selected, before)
    observe(judge, exchange, selected, before)
    _expect_used_up(target, judge, session, exchange, [offered[:1], selected])


@session_check(
    *("connect.once", "connect.exactly-selected"), writes="connects one page of each of a few fresh sessions"
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
    before = stable_states(target, offered)
    exchanges = _race_exchanges(target, session, offered)
    winners = [(page, exchange) for page, exchange in exchanges if exchange.status < 300]
    if not winners:
        block_if_connected_already(target, judge, session, exchanges[0][1], offered)
    one, several = len(winners) == 1, len(winners) > 1
    got = f"statuses {', '.join(str(exchange.status) for _, exchange in exchanges)}"
    for _, exchange in winners or exchanges[:1]:  # several winners are proof enough: another race may end well
        judge.expect("connect.once", one, "success for one of the callers", exchange, got=got, once=several)
    if one:
        ((page, exchange),) = winners
        expect_exactly(target, judge, exchange, offered, [page], before)
        _expect_used_up(target, judge, session, exchange, [])


def _race_exchanges(target: Target, session: Secret, offered: list[Page]) -> list[tuple[Page, Exchange]]:
    """The exchanges of callers that finalize at the same time, each with the selected page."""
    callers = max(2, min(CALLERS, target.options.connections))
    pages = offered[:-1] or offered  # the last is the most likely to be connected by mistake
    selected = [pages[number % len(pages)] for number in range(callers)]
    start = Barrier(callers)

    def race(page: Page) -> Exchange:
        start.wait()
        return finalize(target, None, session, [page])

    with ThreadPoolExecutor(callers) as pool:
        # Open the connections.
        list(pool.map(lambda _: call_without_key(target, None, PENDING, session.value), range(callers)))
        return list(zip(selected, pool.map(race, selected), strict=True))


@session_check("connect.exactly-selected", writes="connects all pages of a fresh session")
def all_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with all of its pages, the last one first."""
    session, first = pending_session(target)
    _expect_connected(target, judge, session, pages_of(first), pages_of(first)[::-1])


@session_check("connect.exactly-selected", writes="connects all pages but one of a fresh session")
def all_but_one_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session that offers three pages or more with all of them but the second."""
    session, first = pending_session(target)
    offered = pages_of(first)
    if len(offered) <= _FEW:
        target.put_back(session)
        return
    _expect_connected(target, judge, session, offered, [*offered[2:], offered[0]])


def _expect_connected(target: Target, judge: Judge, session: Secret, offered: list[Page], selected: list[Page]) -> None:
    before = stable_states(target, offered)
    exchange = finalize(target, None, session, selected)
    block_if_connected_already(target, judge, session, exchange, selected)
    if judge.expect("connect.exactly-selected", exchange.status == 200, "200: the pages are offered", exchange):
        expect_exactly(target, judge, exchange, offered, selected, before)


@session_check("connect.exactly-selected", writes="connects one page of a fresh session")
def a_page_named_twice(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with the same page twice (not in a quick run)."""
    if target.options.profile == "quick":
        return
    session, first = pending_session(target)
    page, before = pages_of(first)[0], stable_states(target, pages_of(first))
    exchange = finalize(target, None, session, [page, page])
    accounts = accounts_of(exchange)
    if len(accounts) == 1:
        judge.observe("finalize.duplicate-page", "connects-once", exchange)
        expect_exactly(target, judge, exchange, pages_of(first), [page], before)
    else:
        judge.observe("finalize.duplicate-page", f"{len(accounts)} accounts" if accounts else "refused", exchange)
        if call_without_key(target, None, PENDING, session.value).status == 200:
            target.put_back(session)


def _expect_used_up(
    target: Target, judge: Judge, session: Secret, exchange: Exchange, selections: list[list[Page]]
) -> None:
    """Judge that the session is gone for listing its pages, and for finalizing with each of `selections`."""
    pages = call_without_key(target, judge, PENDING, session.value)
    judge.expect("connect.once", pages.status == 404, "404: the session was finalized", exchange, pages)
    for selected in selections:
        again = finalize(target, None, session, selected)
        judge.expect("connect.once", is_refusal(again), "a refusal: the session was finalized", exchange, again)
