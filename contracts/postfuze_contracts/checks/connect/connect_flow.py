"""Steps of the connect flow: fresh sessions, their pages, and the accounts of selected pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import FINALIZE, GET, PENDING
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target

KEY_REFUSED = (401, 403)
MAX_STALE = 20  # sessions in a row; a command may print any number of stale tokens
Page = dict[str, Any]


def call_without_key(target: Target, judge: Judge | None, operation: str, session: str, body: Any = None) -> Exchange:
    """Call an operation of the connect flow without a key. If it needs a key, judge connect.no-key broken, and return
    the exchange with a key."""
    path = {"sessionToken": session}
    exchange = target.call(operation, path=path, body=body, key=None)
    if exchange.status in KEY_REFUSED and target.options.keys.full is not None:
        with_key = target.call(operation, path=path, body=body)
        if with_key.status not in KEY_REFUSED:
            if judge is not None:
                judge.expect("connect.no-key", False, "the session's token is enough, without an API key", exchange)
            return with_key
    if exchange.status == 200 and judge is not None:
        judge.expect("connect.no-key", True, "the session's token is enough, without an API key", exchange)
    return exchange


def first_listing(target: Target, judge: Judge | None = None) -> tuple[Secret, Exchange]:
    """A fresh session, and the list of its pages. Sessions that get 404 are skipped, because configured tokens may be
    used up or expired. Raises Blocked, also after too many of these in a row."""
    while target.stale_sessions < MAX_STALE and (session := target.fresh_session()) is not None:
        exchange = call_without_key(target, judge, PENDING, session.value)
        target.stale_sessions = target.stale_sessions + 1 if exchange.status == 404 else 0
        if exchange.status != 404:
            return session, exchange
    raise Blocked(needs.STALE_SESSION if target.stale_sessions else needs.FRESH_SESSION)


def pending_session(target: Target, judge: Judge | None = None) -> tuple[Secret, Exchange]:
    """A fresh session that offers pages, and the list of these. Raises Blocked."""
    session, exchange = first_listing(target, judge)
    if exchange.status != 200 or not pages_of(exchange):
        raise Blocked(needs.unexpected(f"listing the pages of a fresh session answered {exchange.status}, no pages"))
    return session, exchange


def finalize(target: Target, judge: Judge | None, session: Secret, pages: Sequence[Page]) -> Exchange:
    """Connect these pages."""
    return call_without_key(target, judge, FINALIZE, session.value, {"selectedPageIds": [page["id"] for page in pages]})


def connected_ids(target: Target, count: int = 1) -> list[str]:
    """Ids of at least `count` accounts that this run connected and has not deleted. If there are too few, connect pages
    of fresh sessions. Raises Blocked."""
    ids = _own_accounts(target)
    while len(ids) < count:
        session, first = pending_session(target)
        exchange = finalize(target, None, session, pages_of(first))
        require(accounts_of(exchange), needs.unexpected(f"finalizing a fresh session answered {exchange.status}"))
        before, ids = ids, _own_accounts(target)
        if len(ids) <= len(before):  # further sessions would be wasted
            raise Blocked(needs.unexpected("the accounts that were connected cannot be retrieved as such"))
    return ids


def _own_accounts(target: Target) -> list[str]:
    """The existing accounts that the run connected and that belong to a page that a session offered. Even a deployment
    that returns other accounts must not make the run delete those."""
    ids = []
    for id in target.ledger.standing():
        account = target.call(GET, path={"id": id})
        names = [account.member(name) for name in ("network_unique_id", "username")]
        if account.status == 200 and any(isinstance(name, str) and name in target.offered for name in names):
            ids.append(id)
    return ids


def pages_of(exchange: Exchange) -> list[Page]:
    """The pages that can be selected."""
    return [page for page in exchange.objects("availablePages") if isinstance(page.get("id"), str)]


def accounts_of(exchange: Exchange) -> list[Account]:
    """The accounts that finalizing returned, without those that have no id."""
    objects = exchange.objects("connectedAccounts") if exchange.status < 300 else []
    return [each for each in objects if isinstance(each.get("id"), str)]


def current_accounts(target: Target) -> list[Account]:
    """The organization's current accounts, as many as the profile allows."""
    return survey.accounts(target, at_least=0)


def is_refusal(exchange: Exchange) -> bool:
    """Whether the request was refused. A rate limit refuses no request for good."""
    return 400 <= exchange.status < 500 and exchange.status != 429
