"""Judges what finalizing changed, and what it did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from postfuze_contracts.checks.connect.connect_flow import (
    Page,
    States,
    accounts_of,
    call_without_key,
    current_accounts,
    is_page,
    pages_of,
    states_among,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import GET, PENDING
from postfuze_contracts.model.options import Secret
from postfuze_contracts.target.target import Target

UNKNOWN_PAGE = "no-such-page-00000000c0de"


def expect_still_pending(target: Target, judge: Judge, session: Secret, first: Exchange, *after: Exchange) -> bool:
    """Judge that the session still offers the pages of `first`."""
    again = call_without_key(target, judge, PENDING, session.value)
    same = again.status == 200 and {p["id"] for p in pages_of(again)} == {p["id"] for p in pages_of(first)}
    what = "a refused request" if after else "listing them"
    return judge.expect("connect.kept-until-finalized", same, f"the same pages after {what}", first, *after, again)


def block_if_connected_already(
    target: Target, judge: Judge, session: Secret, exchange: Exchange, selected: Sequence[Page]
) -> None:
    """Raise Blocked if the pages are refused because the organization has them already, which is an assumption, or if
    listing them ended the session, which another statement covers."""
    if exchange.status == 404 and call_without_key(target, None, PENDING, session.value).status == 404:
        raise Blocked(needs.unexpected("a session that had just been listed was gone"))
    accounts = current_accounts(target)
    if exchange.status == 409 and any(is_page(account, page) for page in selected for account in accounts):
        judge.observe("finalize.standing-account", "refused", exchange)
        target.put_back(session)
        raise Blocked(needs.unexpected("the pages that the session offers are connected already"))


def expect_fields(judge: Judge, first: Exchange, exchange: Exchange) -> None:
    """Judge the members of the accounts that finalizing returned."""
    network, mismatch = first.member("network"), None
    accounts = exchange.member("connectedAccounts")
    for account in accounts if isinstance(accounts, list) else [None]:
        if not isinstance(account, dict) or not isinstance(account.get("id"), str):
            mismatch = "no list of accounts with an `id`"
            break
        names = ("nickname", "username", "accountType")
        mismatch = mismatch or next((f"{n} missing" for n in names if n not in account), None)
        mismatch = mismatch or next(
            (f"{n} is no string" for n in names if not isinstance(account[n], str | None)), None
        )
        differs = isinstance(network, str) and account.get("network") != network
        mismatch = mismatch or (f"network {account.get('network')!r}" if differs else None)
    expected = f"accounts with all fields, of network {network}"
    judge.expect("connect.finalize-fields", mismatch is None, expected, first, exchange, got=mismatch)


def expect_shown(target: Target, judge: Judge, first: Exchange, exchange: Exchange) -> None:
    """Judge that list and get show what finalizing returned, with its network if that is the session's."""
    pages = survey.walk(target, {"limit": "100"}, pages=3)
    newest = {row["id"]: row for row in survey.rows(*pages)}
    for account in accounts_of(exchange):
        if account.get("network") != first.member("network"):
            account = {name: account[name] for name in account if name != "network"}
        got = target.call(GET, path={"id": account["id"]})
        holds = got.status == 200 and not _differences(account, got.json)
        expected = f"`{account['id']}` as it was returned"
        text = describe(got) if got.status != 200 else _differences(account, got.json)
        judge.expect("connect.shown-after", holds, f"get to show {expected}", exchange, got, got=text)
        row, page = newest.get(account["id"]), pages[-1]
        if row is None and page.member("next_cursor") is not None and got.status == 200:
            continue  # reconnected, and too old to be among the listed
        text = "it is not listed" if row is None else _differences(account, row)
        judge.expect("connect.shown-after", not text, f"the list to show {expected}", exchange, page, got=text)


def _differences(account: survey.Account, view: object) -> str:
    """The fields in which `view` differs from the account that finalizing returned."""
    if not isinstance(view, dict):
        return "no object"
    pairs = (("id", "id"), ("network", "platform"), ("username", "username"), ("accountType", "account_type"))
    differing = [name for own_name, name in pairs if own_name in account and account[own_name] != view.get(name)]
    return f"another {', '.join(differing)}" if differing else ""


def expect_exactly(
    target: Target, judge: Judge, exchange: Exchange, offered: list[Page], selected: list[Page], before: States
) -> None:
    """Judge that the selected pages, and no others, became one account each."""
    if not isinstance(exchange.member("connectedAccounts"), list):
        raise Blocked(needs.unexpected("finalizing returned no list of accounts"))
    accounts, now = accounts_of(exchange), current_accounts(target)
    rows = {row["id"]: row for row in now}
    views = [{**account, **rows.get(account["id"], {})} for account in accounts]
    ids = {account["id"] for account in accounts}
    mismatch = f"{len(ids)} accounts" if not len(accounts) == len(ids) == len(selected) else None
    for page in selected:
        if mismatch is None and not any(is_page(view, page) for view in views):
            mismatch = f"no account for page {page['id']}"
    mismatch = mismatch or _other_page(now, offered, selected, before)
    new = Counter(str(row.get("network_unique_id")) for row in now if row["id"] not in before)
    mismatch = mismatch or next(
        (f"{new[p['id']]} accounts of page {p['id']}" for p in offered if new[p["id"]] > 1), None
    )
    mismatch = mismatch or next(
        (f"`{row['id']}` is disabled" for row in views if row.get("status") == "disabled"), None
    )
    expected = f"one account for each of the {len(selected)} selected pages of {len(offered)}, and no other"
    judge.expect("connect.exactly-selected", mismatch is None, expected, exchange, got=mismatch)


def _other_page(now: list[survey.Account], offered: list[Page], selected: list[Page], before: States) -> str | None:
    """What was connected without being selected, or None."""
    others = [row for row in now if not any(is_page(row, page) for page in selected)]
    for page in (page for page in offered if page not in selected):
        if states_among(others, [page]).keys() - before.keys():  # an older account may change without this run
            return f"an account for page {page['id']}, which was not selected"
    return None


def observe(judge: Judge, exchange: Exchange, selected: list[Page], before: States) -> None:
    """Record how the deployment treats existing accounts and nicknames."""
    for account in accounts_of(exchange):
        if account["id"] in before:
            judge.observe("finalize.standing-account", "reconnects", exchange)
        for page in selected:
            if page.get("username") != page.get("name") and page.get("username") == account.get("username"):
                choices = {page.get("username"): "username", page.get("name"): "name"}
                judge.observe("finalize.nickname", choices.get(account.get("nickname"), "something else"), exchange)
