"""Judges requests to finalize that select nothing, or what the session does not offer."""

from __future__ import annotations

from contextlib import suppress

from postfuze_contracts.checks.connect.connect_flow import (
    Page,
    accounts_of,
    call_without_key,
    current_accounts,
    is_refusal,
    pages_of,
    pending_session,
)
from postfuze_contracts.checks.connect.outcomes import (
    FINALIZING,
    SELECTED,
    UNKNOWN_PAGE,
    expect_exactly,
    expect_still_pending,
)
from postfuze_contracts.checks.connect.pages import Existing, accounts_for
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import FINALIZE, PENDING
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target

_UNKNOWN = (*SELECTED, "connect.kept-until-finalized", "connect.no-key")
_OPEN = (*FINALIZING, "finalize.unknown-page")  # where it is ignored, the rest is connected


@session_check(
    *("connect.at-least-one", "connect.kept-until-finalized", "connect.no-key"),
    assumes=("errors.validation-status",),
)
def finalizing_without_a_page(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with an empty list of pages, with null, without the member, and without a body."""
    session, first = pending_session(target, judge)
    existing = Existing(target)
    bodies: tuple[dict[str, list[str] | None] | None, ...]
    bodies = ({"selectedPageIds": []}, {"selectedPageIds": None}, {}, None)
    for body in bodies:
        exchange = call_without_key(target, judge, FINALIZE, session.value, body)
        expected = f"a refusal of {'no body' if body is None else body}: it selects nothing"
        once = exchange.status < 500
        if not judge.expect("connect.at-least-one", is_refusal(exchange), expected, exchange, once=once):
            return
        if exchange.status in (400, 422):
            judge.observe("errors.validation-status", str(exchange.status), exchange)
        if not expect_still_pending(target, judge, session, first, exchange):
            return
    if _expect_nothing(target, judge, first, pages_of(first), existing, exchange, "connect.at-least-one"):
        target.put_back(session)


@session_check(assumes=("finalize.wrong-type",))
def pages_that_are_no_list_of_strings(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with a page's id in place of the list, and with numbers in place of strings."""
    session, first = pending_session(target)
    for value in _wrong_types(pages_of(first)[0]["id"], few=target.options.profile == "quick"):
        exchange = call_without_key(target, None, FINALIZE, session.value, {"selectedPageIds": value})
        if not is_refusal(exchange):
            connected = f"{exchange.status}, and connects {len(accounts_of(exchange))} accounts"
            judge.observe("finalize.wrong-type", "accepted" if accounts_of(exchange) else connected, exchange)
            return
    if call_without_key(target, None, PENDING, session.value).status == 200:  # else it may have expired
        judge.observe("finalize.wrong-type", "refused", exchange)
        target.put_back(session)


def _wrong_types(id: str, *, few: bool) -> list[object]:
    """Values for the selected pages that are no list of strings, but might be taken for one with this id."""
    is_number = id.isascii() and id.isdigit() and id == str(int(id))
    values: list[object] = [id, [int(id) if is_number else 7]]
    return values if few else [*values, {"id": id}, [[id]], [{"id": id}]]


@session_check(
    *_UNKNOWN,
    assumes=_OPEN,
    writes="tries to connect a page that the session does not offer",
)
def a_page_that_is_not_offered(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with a page that it does not offer, with one that it offers and alone."""
    session, first = pending_session(target, judge)
    page = pages_of(first)[-1]
    near = f"{page['id']}0"  # fools a comparison of prefixes
    alone = [near] if near not in {each["id"] for each in pages_of(first)} else []
    for ids in ([page["id"], UNKNOWN_PAGE], [UNKNOWN_PAGE, page["id"]], [UNKNOWN_PAGE], alone):
        if ids and not _try(target, judge, session, first, ids, [{"id": id} for id in ids if id != page["id"]]):
            break
    else:
        target.put_back(session)
        return
    if len(ids) > 1 and not judge.failures:  # the unknown page was ignored, and the session is used up
        with suppress(Blocked):
            session, first = pending_session(target)
            _try_alone(target, judge, session, first)


@session_check(*_UNKNOWN, assumes=_OPEN)
def a_page_of_another_session(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with one of its pages and one that only another session offers."""
    session, first = pending_session(target)
    try:
        other, offered = pending_session(target)
    except Blocked:
        target.put_back(session)
        raise
    target.put_back(other)
    own = {page["id"] for page in pages_of(first)}
    foreign = [page for page in pages_of(offered) if page["id"] not in own]
    if not foreign:
        target.put_back(session)
        raise Blocked(needs.unexpected("all fresh sessions offer the same pages"))
    if _try(target, judge, session, first, [pages_of(first)[0]["id"], foreign[0]["id"]], foreign[:1]):
        target.put_back(session)


def _try(target: Target, judge: Judge, session: Secret, first: Exchange, ids: list[str], unknown: list[Page]) -> bool:
    """Finalize with pages that are partly `unknown`: judge that none of these is connected, and none at all by a
    refusal; record what else happens. Returns whether the session is as good as before."""
    existing = Existing(target)
    offered = [page for page in pages_of(first) if page["id"] in ids]
    exchange = call_without_key(target, judge, FINALIZE, session.value, {"selectedPageIds": ids})
    if is_refusal(exchange):
        is_fresh = _expect_nothing(target, judge, first, [*offered, *unknown], existing, exchange)
        if not expect_still_pending(target, judge, session, first, exchange):
            return False  # it may have been refused because the session had expired
        judge.observe("finalize.unknown-page", str(exchange.status), exchange)
        return is_fresh
    accounts = accounts_of(exchange)
    if exchange.status < 300 and offered:
        judge.observe("finalize.unknown-page", "ignored" if len(accounts) == 1 else _words(exchange), exchange)
        expect_exactly(target, judge, first, exchange, offered, existing)
        return False
    judge.observe("finalize.unknown-page", _words(exchange), exchange)
    _expect_none_of(judge, exchange)
    return False


def _try_alone(target: Target, judge: Judge, session: Secret, first: Exchange) -> None:
    """Where unknown pages are ignored, finalize with nothing else: judge that it connects nothing."""
    existing = Existing(target)
    exchange = call_without_key(target, judge, FINALIZE, session.value, {"selectedPageIds": [UNKNOWN_PAGE]})
    _expect_none_of(judge, exchange)
    if is_refusal(exchange) and _expect_nothing(target, judge, first, pages_of(first), existing, exchange):
        target.put_back(session)


def _expect_none_of(judge: Judge, exchange: Exchange) -> None:
    """Judge that unknown pages became no accounts."""
    none = not accounts_of(exchange)
    judge.expect("connect.exactly-selected", none, "no account for an unknown page", exchange, once=True)


def _words(exchange: Exchange) -> str:
    count = len(accounts_of(exchange))
    return f"{exchange.status}, and connects {count} accounts" if exchange.status < 300 else str(exchange.status)


def _expect_nothing(
    target: Target,
    judge: Judge,
    first: Exchange,
    pages: list[Page],
    existing: Existing,
    exchange: Exchange,
    statement: str = "connect.exactly-selected",
) -> bool:
    """Judge that a refused request connected none of these pages. Returns whether the session is as good as before: if
    its pages have new accounts, it can only reconnect these."""
    new = existing.new(accounts_for(current_accounts(target), pages, first.member("network")))
    ids = ", ".join(row["id"] for row in new)
    got = f"{describe(exchange)}, and connected {ids}"
    judge.expect(statement, not new, "nothing connected by a refused request", exchange, got=got)
    return not new
