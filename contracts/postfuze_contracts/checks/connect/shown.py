"""Judges whether the organization shows what finalizing returned: by its id at once, in lists after their grace."""

from __future__ import annotations

from collections.abc import Sequence

from postfuze_contracts.checks.connect.connect_flow import accounts_of
from postfuze_contracts.checks.connect.pages import Existing
from postfuze_contracts.checks.list.settling import SETTLING, Settling
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET
from postfuze_contracts.target.target import Target

SHOWING = (SETTLING,)
_PAGES = 3  # of a hundred accounts
_FIELDS = (("id", "id"), ("network", "platform"), ("username", "username"), ("accountType", "account_type"))


def expect_shown(target: Target, judge: Judge, first: Exchange, exchange: Exchange, existing: Existing) -> None:
    """Judge that get and list show what finalizing returned, with its network if that is the session's."""
    retrieved = expect_retrieved(target, judge, first, exchange)
    new = [got for got in retrieved if got.json not in existing]
    settling = Settling(target, judge)
    _expect_listed(target, judge, settling, exchange, {"limit": "100"}, retrieved)
    for got in new[:1]:
        _expect_listed(target, judge, settling, exchange, {"id": str(got.json["id"])}, [got])
        _expect_place(judge, exchange, _expect_listed(target, judge, settling, exchange, {}, [got]), got)


def expect_retrieved(target: Target, judge: Judge, first: Exchange, exchange: Exchange) -> list[Exchange]:
    """Judge that get shows each account as finalizing returned it. Returns the exchanges of those that it does."""
    retrieved: list[Exchange] = []
    for account in accounts_of(exchange):
        got = target.call(GET, path={"id": account["id"]})
        text = describe(got) if got.status != 200 else _differences(first, account, got.json)
        expected = f"get to show `{account['id']}` as it was returned"
        once = got.status < 500
        if judge.expect("connect.shown-after", not text, expected, exchange, got, got=text, once=once):
            retrieved.append(got)
    return retrieved


def _expect_listed(
    target: Target,
    judge: Judge,
    settling: Settling,
    exchange: Exchange,
    query: dict[str, str],
    retrieved: Sequence[Exchange],
) -> list[Exchange]:
    """Judge that a list shows the accounts as they were retrieved. Returns its pages."""
    pages = settling.look(
        lambda: survey.walk(target, query, pages=_PAGES if "limit" in query else 1),
        lambda pages: not any(_mismatch(got.json, pages) for got in retrieved),
    )
    for got in retrieved:
        text = _mismatch(got.json, pages)
        expected = f"the list to show `{got.json['id']}` as it was returned"
        judge.expect("connect.shown-after", not text, expected, exchange, pages[-1], got=text, once=True)
    return pages


def _mismatch(account: Account, pages: Sequence[Exchange]) -> str:
    """What is wrong with how the pages of a list show an account; empty if it is right."""
    rows = survey.rows(*pages)
    row = next((row for row in rows if row["id"] == account["id"]), None)
    if row is not None:
        differing = [name for _, name in _FIELDS if row.get(name) != account.get(name)]
        return f"another {', '.join(differing)}" if differing else ""
    if pages[-1].status != 200:
        return describe(pages[-1])
    is_later = rows and survey.following(pages[-1]) is not None and _is_older(account, rows[-1])
    return "" if is_later else "it is not listed"


def _is_older(account: Account, row: Account) -> bool:
    """Whether the account is not clearly newer than the row, so that it may stand on a later page."""
    own, other = instant(account.get("created_at")), instant(row.get("created_at"))
    return own is None or other is None or own - other < 1


def _differences(first: Exchange, account: Account, view: object) -> str:
    """The fields in which `view` differs from the account that finalizing returned."""
    if not isinstance(view, dict):
        return "no object"
    own_network = account.get("network") == first.member("network")  # else connect.finalize-fields covers it
    fields = [(own, name) for own, name in _FIELDS if own in account and (own != "network" or own_network)]
    differing = [name for own, name in fields if account[own] != view.get(name)]
    return f"another {', '.join(differing)}" if differing else ""


def _expect_place(judge: Judge, exchange: Exchange, pages: Sequence[Exchange], got: Exchange) -> None:
    """Judge that a new account stands at its place in the list: before all that are older."""
    rows, own = survey.rows(*pages), instant(got.member("created_at"))
    index = next((index for index, row in enumerate(rows) if row["id"] == got.json["id"]), 0)
    times = [instant(row.get("created_at")) for row in rows[:index]]
    older = [at for at in times if own is not None and at is not None and own - at > 1]  # whatever their precision
    expected = f"`{got.json['id']}` before all older accounts"
    text = f"it stands behind {len(older)} older accounts"
    judge.expect("list.newest-first", not older, expected, exchange, pages[-1], got=text)
