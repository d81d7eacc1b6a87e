"""Judges what finalizing returned and connected, and what it did not.

What it returned is wrong or right at once, so a failure needs no repetition: another session may offer pages of another
kind, with which the same defect does not show.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from postfuze_contracts.checks.connect.connect_flow import (
    Page,
    accounts_of,
    call_without_key,
    current_accounts,
    pages_of,
)
from postfuze_contracts.checks.connect.pages import Existing, accounts_for, has_id, is_page, pairs
from postfuze_contracts.checks.connect.shown import expect_retrieved
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import PENDING
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target

UNKNOWN_PAGE = "no-such-page-00000000c0de"
#: What a check judges that finalizes pages of a session.
SELECTED = ("connect.exactly-selected", "connect.page-kept", "connect.shown-after")
#: What a check may observe that finalizes pages of a session.
FINALIZING = (
    "fields.null",
    "finalize.deleted-account",
    "finalize.network-unique-id",
    "finalize.nickname",
    "finalize.standing-account",
)
_ACCOUNT = ("nickname", "username", "accountType")


def expect_still_pending(target: Target, judge: Judge, session: Secret, first: Exchange, *after: Exchange) -> bool:
    """Judge that the session still offers the pages of `first`."""
    again = call_without_key(target, judge, PENDING, session.value)
    same = again.status == 200 and {p["id"] for p in pages_of(again)} == {p["id"] for p in pages_of(first)}
    what = "a refused request" if after else "listing them"
    expected = f"the same pages after {what}"  # no failure at once, because the session may have expired
    return judge.expect("connect.kept-until-finalized", same, expected, first, *after, again)


def block_if_connected_already(
    target: Target, judge: Judge, session: Secret, first: Exchange, exchange: Exchange, selected: Sequence[Page]
) -> None:
    """Raise Blocked if the pages are refused because the organization has them already, which is an assumption, or if
    listing them ended the session, which another statement covers."""
    if exchange.status == 404 and call_without_key(target, None, PENDING, session.value).status == 404:
        raise Blocked(needs.unexpected("a session that had just been listed was gone"))
    if 400 <= exchange.status < 500 and accounts_for(current_accounts(target), selected, first.member("network")):
        choice = "refused" if exchange.status == 409 else f"refused, with {exchange.status}"
        judge.observe("finalize.standing-account", choice, exchange)
        target.put_back(session)
        raise Blocked(needs.unexpected("the pages that the session offers are connected already"))


def expect_fields(judge: Judge, first: Exchange, exchange: Exchange) -> None:
    """Judge the members of the accounts that finalizing returned. Those that may be null may be left out."""
    network, members = first.member("network"), exchange.member("connectedAccounts")
    accounts = members if isinstance(members, list) else [None]
    mismatch = next((text for account in accounts if (text := _mismatch_of_account(account, network))), None)
    expected = f"accounts with all fields, of network {network}"
    judge.expect("connect.finalize-fields", mismatch is None, expected, first, exchange, got=mismatch, once=True)
    for account in accounts_of(exchange):
        for name in _ACCOUNT:
            if account.get(name) is None:
                judge.observe("fields.null", "null" if name in account else "left-out", exchange)


def _mismatch_of_account(account: object, network: object) -> str | None:
    """What is wrong with the members of an account that finalizing returned, or None."""
    if not isinstance(account, dict) or not isinstance(account.get("id"), str):
        return "no list of accounts with an `id`"
    wrong = next((name for name in _ACCOUNT if not isinstance(account.get(name), str | None)), None)
    if wrong is not None:
        return f"{wrong} {account[wrong]!r}"
    own_network = account.get("network")
    is_right = own_network == network if isinstance(network, str) else isinstance(own_network, str)
    return None if is_right else f"network {own_network!r}"


def expect_exactly(
    target: Target, judge: Judge, first: Exchange, exchange: Exchange, selected: Sequence[Page], existing: Existing
) -> None:
    """Judge that the selected pages, and no others, became one account each, with the page's own name and type."""
    rest = [page for page in pages_of(first) if page not in selected]
    views = expect_returned(target, judge, first, exchange, selected, rest, existing)
    if views is not None:
        besides = _connected_besides(target, first, views, existing)
        expected = f"nothing but the {len(selected)} selected pages connected"
        judge.expect("connect.exactly-selected", besides is None, expected, exchange, got=besides)


def expect_returned(
    target: Target,
    judge: Judge,
    first: Exchange,
    exchange: Exchange,
    selected: Sequence[Page],
    rest: Sequence[Page],
    existing: Existing,
) -> list[Account] | None:
    """Judge that finalizing returned one account for each selected page, with the page's own name and type, and none of
    the `rest`. Returns the accounts; None if they are wrong."""
    if not isinstance(exchange.member("connectedAccounts"), list):
        raise Blocked(needs.unexpected("finalizing returned no list of accounts"))
    retrieved = {got.json["id"]: got.json for got in expect_retrieved(target, judge, first, exchange)}
    views = [{**account, **retrieved.get(account["id"], {})} for account in accounts_of(exchange)]
    mismatch = _miscount(views, selected) or _unselected(views, selected, rest)
    expected = f"one account for each of the {len(selected)} selected pages of {len(selected) + len(rest)}"
    if not judge.expect("connect.exactly-selected", mismatch is None, expected, exchange, got=mismatch, once=True):
        return None
    _expect_kept(judge, exchange, views, selected, existing)
    observe(target, judge, exchange, pairs(views, selected), existing)
    return views


def _miscount(views: Sequence[Account], selected: Sequence[Page]) -> str | None:
    """What is wrong with the number of accounts, or None."""
    ids = {view["id"] for view in views}
    if not len(views) == len(ids) == len(selected):
        return f"{len(ids)} accounts"
    return next((f"`{view['id']}` is disabled" for view in views if view.get("status") == "disabled"), None)


def _unselected(views: Sequence[Account], selected: Sequence[Page], rest: Sequence[Page]) -> str | None:
    """What was returned without being selected, or None. An account that fits no page at all may be one of a platform
    that has other names for it."""
    for view in views:
        for same in (has_id, is_page):
            other = next((page for page in rest if same(view, page)), None)
            if other is not None and not any(same(view, page) for page in selected):
                return f"an account for page {other['id']}, which was not selected"
            if other is None and any(same(view, page) for page in selected):
                break
    return None


def _connected_besides(target: Target, first: Exchange, views: Sequence[Account], existing: Existing) -> str | None:
    """What was connected without being returned, or None: new accounts of the pages that the session offers."""
    returned = {str(view["id"]).lower() for view in views}
    new = existing.new(accounts_for(current_accounts(target), pages_of(first), first.member("network")))
    counts = Counter(str(row.get("network_unique_id")) for row in new)
    for row in new:
        page = next(page for page in pages_of(first) if is_page(row, page))
        if row["id"].lower() not in returned:
            return f"also `{row['id']}` for page {page['id']}"
        if counts[page["id"]] > 1:
            return f"{counts[page['id']]} accounts of page {page['id']}"
    return None


def _expect_kept(
    judge: Judge, exchange: Exchange, views: Sequence[Account], selected: Sequence[Page], existing: Existing
) -> None:
    """Judge that each new account has what its page shows: its username and type, where it has one."""
    for page, view in pairs(views, selected):
        values = {"username": view.get("username"), "type": view.get("account_type", view.get("accountType"))}
        wrong = [name for name, value in values.items() if page.get(name) and value != page[name]]
        got = ", ".join(f"{name} {values[name]!r} in place of {page[name]!r}" for name in wrong)
        if view not in existing:
            expected = "an account with the username and the type of its page"
            judge.expect("connect.page-kept", not wrong, expected, exchange, got=got, once=True)


def observe(
    target: Target, judge: Judge, exchange: Exchange, owners: Sequence[tuple[Page, Account]], existing: Existing
) -> None:
    """Record how the deployment treats pages of existing and of deleted accounts, and what it calls the new ones."""
    for page, account in owners:
        _observe_earlier(target, judge, exchange, page, account, existing)
        if isinstance(account.get("network_unique_id"), str):
            choice = "page-id" if account["network_unique_id"] == page["id"] else "other"
            judge.observe("finalize.network-unique-id", choice, exchange)
        names = {page.get("username"): "username", page.get("name"): "name"}
        if len(names) == 2 and None not in names:
            judge.observe("finalize.nickname", names.get(account.get("nickname"), "neither of them"), exchange)


def _observe_earlier(
    target: Target, judge: Judge, exchange: Exchange, page: Page, account: Account, existing: Existing
) -> None:
    """Record whether an account that the page had before has been connected again."""
    id = str(account["id"]).lower()
    same_platform = [row for row in existing.accounts if row.get("platform") == account.get("platform")]
    standing = [row for row in same_platform if has_id(row, page)]
    deleted = _deleted_ids(target, page)
    if standing:
        is_same = id in {row["id"].lower() for row in standing}
        judge.observe("finalize.standing-account", "reconnects" if is_same else "connects another account", exchange)
    elif deleted:
        judge.observe("finalize.deleted-account", "same-id" if id in deleted else "new-id", exchange)


def _deleted_ids(target: Target, page: Page) -> set[str]:
    """Ids of accounts that this run connected for the page alone, and disconnected."""
    deleted = {change.id.lower() for change in target.ledger.of("deleted")}
    body = json.dumps({"selectedPageIds": [page["id"]]}).encode()
    connected = [change.id.lower() for change in target.ledger.of("connected") if change.exchange.request.body == body]
    return deleted.intersection(connected)
