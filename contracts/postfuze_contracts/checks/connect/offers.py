"""Judges the pages that a session offers, and sessions that do not exist or have expired."""

from __future__ import annotations

from postfuze_contracts.checks.connect.connect_flow import call_without_key, first_listing, pages_of
from postfuze_contracts.checks.connect.outcomes import UNKNOWN_PAGE, expect_still_pending
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import FINALIZE, MISSING_SESSION, PENDING
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

SHORT = 12  # characters; half of a shorter token is not tried


@check("connect.unknown-session", "connect.no-key")
def an_unknown_session(target: Target, judge: Judge) -> None:
    """List the pages of a session that does not exist, and finalize it."""
    for operation, body in ((PENDING, None), (FINALIZE, {"selectedPageIds": [UNKNOWN_PAGE]})):
        exchange = call_without_key(target, judge, operation, MISSING_SESSION, body)
        holds = exchange.status == 404
        judge.expect("connect.unknown-session", holds, "404 for a session that does not exist", exchange)


@check("connect.expired-session", "connect.no-key", needs=(needs.EXPIRED_SESSION,))
def an_expired_session(target: Target, judge: Judge) -> None:
    """List the pages of a session that has expired; with full access, finalize it too."""
    session = target.options.sessions.expired
    if session is None:
        raise Blocked(needs.EXPIRED_SESSION)
    exchange = call_without_key(target, judge, PENDING, session.value)
    judge.expect("connect.expired-session", exchange.status == 404, "404 for an expired session", exchange)
    if target.options.access >= Access.FULL and exchange.status >= 400:  # finalizing would use it up
        target.own(session=session.value)
        exchange = call_without_key(target, judge, FINALIZE, session.value, {"selectedPageIds": [UNKNOWN_PAGE]})
        is_refused = exchange.status in (404, 410)  # only listing is documented to get 404
        judge.expect("connect.expired-session", is_refused, "404 for finalizing an expired session", exchange)


@check(
    *("connect.pages-fields", "connect.several-pages", "connect.kept-until-finalized", "connect.unknown-session"),
    "connect.no-key",
    needs=(needs.FRESH_SESSION,),
)
def the_pages_of_a_session(target: Target, judge: Judge) -> None:
    """List the pages of a fresh session without a key, twice; then with half of its token."""
    session, first = first_listing(target, judge)
    if not judge.expect("connect.pages-fields", first.status == 200, "200 with the session's pages", first):
        raise Blocked(needs.unexpected(f"listing the pages of a fresh session answered {first.status}"))
    mismatch = _mismatch_of_pages(first)
    judge.expect("connect.pages-fields", mismatch is None, "`network`, and pages with all fields", first, got=mismatch)
    _expect_several(judge, first)
    if len(session.value) >= SHORT:
        exchange = call_without_key(target, judge, PENDING, session.value[: len(session.value) // 2])
        judge.expect("connect.unknown-session", exchange.status == 404, "404 for half of a session's token", exchange)
    if expect_still_pending(target, judge, session, first):
        target.put_back(session)


def _expect_several(judge: Judge, first: Exchange) -> None:
    """Judge that there are several pages, if all have ids."""
    ids, pages = [page["id"] for page in pages_of(first)], first.member("availablePages")
    if isinstance(pages, list) and len(pages) == len(ids):
        several = len(ids) > 1 and len(set(ids)) == len(ids)
        judge.expect("connect.several-pages", several, "several pages, all different", first, got=f"{len(ids)} pages")


def _mismatch_of_pages(exchange: Exchange) -> str | None:
    """What is wrong with the members of a list of pages, or None."""
    network, pages = exchange.member("network"), exchange.member("availablePages")
    if network not in survey.PLATFORMS:
        return f"network {network!r}"
    if not isinstance(pages, list):
        return f"availablePages {type(pages).__name__}"
    for number, page in enumerate(pages):
        if not isinstance(page, dict) or not isinstance(page.get("id"), str):
            return f"page {number} without a string `id`"
        for name in ("type", "name", "username", "profilePictureUrl"):
            if name not in page or not isinstance(page[name], str | None):
                return f"page {number}: {name} {'missing' if name not in page else type(page[name]).__name__}"
    return None
