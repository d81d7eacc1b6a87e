"""Judges the pages that a session offers, and sessions that do not exist or have expired."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfuze_contracts.checks.connect.connect_flow import (
    call_without_key,
    first_listing,
    is_refusal,
    pages_of,
    pending_session,
)
from postfuze_contracts.checks.connect.outcomes import UNKNOWN_PAGE, expect_still_pending
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import FINALIZE, MISSING_SESSION, PENDING
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

SHORT = 12  # characters; tokens that are similar to a shorter one are not tried, because they may exist
_UUID = re.compile("[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_LONGER, _SPACED, _OTHER_CASE = (
    f"a session's token {text}" for text in ("with one character more", "and a space", "in other case")
)
_TRIED_WITH_FINALIZE = (_LONGER, _SPACED, _OTHER_CASE)  # each is a write, and these are limited
_OPTIONAL = ("type", "name", "username", "profilePictureUrl")


@check("connect.unknown-session", "connect.no-key", assumes=("finalize.unknown-session",))
def an_unknown_session(target: Target, judge: Judge) -> None:
    """List the pages of a session that does not exist, and finalize it."""
    for operation, body in ((PENDING, None), (FINALIZE, {"selectedPageIds": [UNKNOWN_PAGE]})):
        exchange = call_without_key(target, judge, operation, MISSING_SESSION, body)
        _expect_unknown(judge, exchange, "a session that does not exist")
    judge.observe("finalize.unknown-session", str(exchange.status), exchange)


@check(
    *("connect.expired-session", "connect.no-key"),
    assumes=("finalize.expired-session",),
    needs=(needs.EXPIRED_SESSION,),
)
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
        expected, once = "a refusal: the session has expired", _is_leak(exchange)
        judge.expect("connect.expired-session", is_refusal(exchange), expected, exchange, once=once)
        judge.observe("finalize.expired-session", str(exchange.status), exchange)


@check(
    *("connect.pages-fields", "connect.several-pages", "connect.kept-until-finalized", "connect.unknown-session"),
    "connect.no-key",
    assumes=("pages.null",),
    needs=(needs.FRESH_SESSION,),
)
def the_pages_of_a_session(target: Target, judge: Judge) -> None:
    """List the pages of a fresh session without a key, twice; then with tokens that are similar to its own."""
    session, first = first_listing(target, judge)
    if not judge.expect("connect.pages-fields", first.status == 200, "200 with the session's pages", first):
        raise Blocked(needs.unexpected(f"listing the pages of a fresh session answered {first.status}"))
    mismatch = _mismatch_of_pages(first)
    expected = "`network`, and pages with an `id`"
    judge.expect("connect.pages-fields", mismatch is None, expected, first, got=mismatch, once=True)
    _observe_nulls(judge, first)
    _expect_several(judge, first)
    for what, token in similar_tokens(session.value):
        _expect_unknown(judge, call_without_key(target, None, PENDING, token), what)
    if expect_still_pending(target, judge, session, first):
        target.put_back(session)


@session_check("connect.unknown-session", writes="tries to finalize sessions with similar tokens")
def finalizing_with_a_similar_token(target: Target, judge: Judge) -> None:
    """Finalize with tokens that are similar to that of a fresh session, each with a page that the session offers."""
    session, first = pending_session(target)
    body = {"selectedPageIds": [pages_of(first)[0]["id"]]}
    for what, token in similar_tokens(session.value):
        if what in _TRIED_WITH_FINALIZE:
            target.own(session=token)
            exchange = call_without_key(target, None, FINALIZE, token, body)
            _expect_unknown(judge, exchange, what)
            if _is_leak(exchange):
                return
    target.put_back(session)


def similar_tokens(token: str) -> Iterator[tuple[str, str]]:
    """Tokens that are similar to `token`, and what each is. None if it is so short that one of them may exist. A token
    that is a UUID is the same in any case."""
    if len(token) < SHORT:
        return
    middle = len(token) // 2
    yield "half of a session's token", token[:middle]
    yield "a session's token without its last character", token[:-1]
    yield _LONGER, f"{token}0"
    yield _SPACED, f"{token} "
    yield "a session's token that is encoded twice", f"%{ord(token[0]):02X}{token[1:]}"
    if token.swapcase() != token and not _UUID.fullmatch(token):
        yield _OTHER_CASE, token.swapcase()
    other = "1" if token[middle] == "0" else "0"
    yield "a session's token with another character", f"{token[:middle]}{other}{token[middle + 1 :]}"


def _expect_unknown(judge: Judge, exchange: Exchange, what: str) -> None:
    """Judge the answer for a session that does not exist. Only listing its pages is documented to get 404."""
    once = _is_leak(exchange)
    if exchange.operation == PENDING:
        judge.expect("connect.unknown-session", exchange.status == 404, f"404 for {what}", exchange, once=once)
        return
    judge.expect("connect.unknown-session", is_refusal(exchange), f"a refusal of {what}", exchange, once=once)


def _is_leak(exchange: Exchange) -> bool:
    return exchange.status < 300


def _observe_nulls(judge: Judge, first: Exchange) -> None:
    """Record how pages show that they lack something."""
    for page in pages_of(first):
        for name in _OPTIONAL:
            if name not in page:
                judge.observe("pages.null", "left-out", first)
            elif page[name] is None:
                judge.observe("pages.null", "null", first)


def _expect_several(judge: Judge, first: Exchange) -> None:
    """Judge that there are several pages, if all have ids."""
    ids, pages = [page["id"] for page in pages_of(first)], first.member("availablePages")
    if isinstance(pages, list) and len(pages) == len(ids):
        several = len(ids) > 1 and len(set(ids)) == len(ids)
        got = f"{len(ids)} pages, {len(set(ids))} of them different"
        judge.expect("connect.several-pages", several, "several pages, all different", first, got=got, once=True)


def _mismatch_of_pages(exchange: Exchange) -> str | None:
    """What is wrong with the members of a list of pages, or None."""
    network, pages = exchange.member("network"), exchange.member("availablePages")
    if not isinstance(network, str) or not network:
        return f"network {network!r}"
    if not isinstance(pages, list):
        return f"availablePages {type(pages).__name__}"
    for number, page in enumerate(pages):
        if not isinstance(page, dict) or not isinstance(page.get("id"), str):
            return f"page {number} without a string `id`"
        wrong = next((name for name in _OPTIONAL if not isinstance(page.get(name), str | None)), None)
        if wrong is not None:
            return f"page {number}: {wrong} {type(page[wrong]).__name__}"
    return None
