"""Finalizing: some pages of a session, all of them, one named twice, and callers that race."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from postfuze_contracts.connecting import (
    Page,
    accounts_of,
    ask,
    finalize,
    pages_of,
    pending,
    refused,
    settled,
)
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.options import Access, Secret
from postfuze_contracts.scenario import Judge, scenario
from postfuze_contracts.scenarios.connect.outcomes import (
    expect_exactly,
    expect_fields,
    expect_shown,
    observe,
    unless_they_stand,
)
from postfuze_contracts.target import PENDING, Target

CALLERS = 4  # that race for a session


@scenario(
    *("connect.exactly-selected", "connect.finalize-fields", "connect.shown-after", "connect.once", "connect.no-key"),
    access=Access.FULL,
    writes="connects some pages of a fresh session",
)
def some_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with some of its pages, look at the accounts, then try to use it again."""
    session, first = pending(target, judge)
    offered = pages_of(first)
    selected, before = offered[1:3] or offered, settled(target, offered)
    answer = finalize(target, judge, session, selected)
    unless_they_stand(target, judge, session, answer, selected)
    if not judge.expect("connect.exactly-selected", answer.status == 200, "200: the pages are offered", answer):
        return
    expect_fields(judge, first, answer)
    expect_shown(target, judge, first, answer)
    expect_exactly(target, judge, answer, offered, selected, before)
    observe(judge, answer, selected, before)
    _expect_used_up(target, judge, session, answer, [offered[:1], selected])


@scenario("connect.once", "connect.exactly-selected", access=Access.FULL, writes="connects one page of a fresh session")
def a_race_for_a_session(target: Target, judge: Judge) -> None:
    """Finalize a fresh session from several callers at once, each with a page of its own as far as they go."""
    session, first = pending(target)
    offered = pages_of(first)
    before = settled(target, offered)
    answers = _raced(target, session, offered)
    won = [(page, answer) for page, answer in answers if answer.status < 300]
    if not won:
        unless_they_stand(target, judge, session, answers[0][1], offered)
    one, shown = len(won) == 1, [answer for _, answer in won or answers]
    got = f"statuses {', '.join(str(answer.status) for _, answer in answers)}"
    judge.expect("connect.once", one, "success for one of the callers", *shown, got=got)
    if one:
        ((page, answer),) = won
        expect_exactly(target, judge, answer, offered, [page], before)
        _expect_used_up(target, judge, session, answer, [])


def _raced(target: Target, session: Secret, offered: list[Page]) -> list[tuple[Page, Exchange]]:
    """The answers to callers that finalize at once, each with what it selected."""
    callers = max(2, min(CALLERS, target.options.connections))
    pages = offered[1:] if len(offered) > 2 else offered  # the first is what would come along by mistake
    selected = [pages[number % len(pages)] for number in range(callers)]
    start = Barrier(callers)

    def race(page: Page) -> Exchange:
        start.wait()
        return finalize(target, None, session, [page])

    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(lambda _: ask(target, None, PENDING, session.value), range(callers)))  # opens the connections
        return list(zip(selected, pool.map(race, selected), strict=True))


@scenario("connect.exactly-selected", access=Access.FULL, writes="connects all pages of a fresh session")
def all_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with all of its pages, the last one first."""
    session, first = pending(target)
    offered = pages_of(first)
    before = settled(target, offered)
    answer = finalize(target, None, session, offered[::-1])
    unless_they_stand(target, judge, session, answer, offered)
    if judge.expect("connect.exactly-selected", answer.status == 200, "200: the pages are offered", answer):
        expect_exactly(target, judge, answer, offered, offered, before)


@scenario("connect.exactly-selected", access=Access.FULL, writes="connects one page of a fresh session")
def a_page_named_twice(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with one of its pages, named twice; not in a quick run."""
    if target.options.profile == "quick":
        return
    session, first = pending(target)
    page, before = pages_of(first)[0], settled(target, pages_of(first))
    answer = finalize(target, None, session, [page, page])
    made = accounts_of(answer)
    if len(made) == 1:
        judge.observe("finalize.duplicate-page", "connects-once", answer)
        expect_exactly(target, judge, answer, pages_of(first), [page], before)
    else:
        judge.observe("finalize.duplicate-page", f"{len(made)} accounts" if made else "refused", answer)
        if ask(target, None, PENDING, session.value).status == 200:
            target.put_back(session)


def _expect_used_up(
    target: Target, judge: Judge, session: Secret, answer: Exchange, selections: list[list[Page]]
) -> None:
    """Judge that the session is gone: its pages, and finalizing it with pages that it had selected, and had not."""
    pages = ask(target, judge, PENDING, session.value)
    judge.expect("connect.once", pages.status == 404, "404: the session was finalized", answer, pages)
    for selected in selections:
        again = finalize(target, None, session, selected)
        judge.expect("connect.once", refused(again), "a refusal: the session was finalized", answer, again)
