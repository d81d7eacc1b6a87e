"""Judges accounts, as listed and as retrieved: their fields, types and ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postfuze_contracts.checks.list.settling import Pause, paced
from postfuze_contracts.checks.list.walks import GREATEST_LIMIT, walk
from postfuze_contracts.checks.ranges import observe_range
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import FIELDS, NULLABLE, PLATFORMS, Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import agree, exact, instant
from postfuze_contracts.model.operations import GET, LIST
from postfuze_contracts.target.target import Target

_TIMES = [name for name, schema in FIELDS.items() if schema.get("format") == "date-time"]
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_MAX_GETS = {"quick": 6, "ci": 20, "deep": 100}

Mismatches = Iterator[tuple[str, str]]


@check(
    *("account.fields", "account.nulls", "account.platform", "account.status", "account.timestamps"),
    assumes=("fields.null", "account.platform-values", "account.update-order", "ids.form", "list.disabled"),
    needs=(needs.ACCOUNTS,),
)
def each_account(target: Target, judge: Judge) -> None:
    """Look at each account, as listed and as retrieved by its id."""
    rules = {
        "account.fields": "the documented fields, each of its type",
        "account.nulls": f"null in no field except {', '.join(NULLABLE)}",
        "account.platform": "the name of a platform",
        "account.status": "the name of a state",
        "account.timestamps": "RFC 3339 date-times with an offset",
    }
    accounts = [*_accounts(target)]
    for account, page in accounts:
        mismatches = dict(_mismatches(account))
        for statement, expected in rules.items():
            got = mismatches.get(statement)
            judge.expect(statement, got is None, expected, page, got=f"{account.get('id')}: {got}")
    _observe(judge, accounts)
    require(judge.judged, needs.accounts(1))


def _observe(judge: Judge, accounts: list[tuple[Account, Exchange]]) -> None:
    """Observe how accounts decide assumptions."""
    for account, page in accounts:
        if any(account.get(name, ...) is None for name in NULLABLE):
            judge.observe("fields.null", "null", page)
        if _left_out(account):
            judge.observe("fields.null", "left-out", page)
        if account.get("status") == "disabled" and page.operation == LIST:
            judge.observe("list.disabled", "listed", page)  # that it is hidden cannot be seen
    uuids = [(_UUID.fullmatch(each["id"]) is not None, page) for each, page in _with(accounts, "id")]
    observe_range(judge, "ids.form", "uuid", "any-string", uuids)
    documented = [(each["platform"] in PLATFORMS, page) for each, page in _with(accounts, "platform")]
    observe_range(judge, "account.platform-values", "documented", "further", documented)
    ordered = [(_updated_later(each), page) for each, page in _with(accounts, "created_at", "updated_at")]
    observe_range(judge, "account.update-order", "not-before", "any", ordered)


def _with(accounts: list[tuple[Account, Exchange]], *names: str) -> list[tuple[Account, Exchange]]:
    """The accounts in which these fields are strings."""
    return [pair for pair in accounts if all(isinstance(pair[0].get(name), str) for name in names)]


def _updated_later(account: Account) -> bool:
    """Whether `updated_at` is not before `created_at`, at the precision of the coarser one."""
    created, updated = exact(account["created_at"]), exact(account["updated_at"])
    if created is None or updated is None:
        return True  # account.timestamps covers what is no time
    return created <= updated or agree(account["created_at"], account["updated_at"])


@check("account.fields", needs=(needs.ACCOUNTS,))
@paced
def fields_left_out(target: Target, judge: Judge, pause: Pause) -> None:
    """Compare accounts as listed and as retrieved: where one lacks a field, the other has no value for it either."""
    before = _by_id(target)
    require(before, needs.accounts(1))
    maximum = _MAX_GETS[target.options.profile]
    lacking = [account for account, _ in before.values() if _left_out(account)]
    others = [account for account, _ in before.values() if not _left_out(account)]
    sample = [*survey.spread(lacking, maximum), *survey.spread(others, maximum // 2)]
    pause()
    exchanges = [target.call(GET, path={"id": account["id"]}) for account in sample]
    pause()
    after = _by_id(target)
    for account, exchange in zip(sample, exchanges, strict=True):
        now, page = after.get(account["id"], (None, exchange))
        if now is not None and exchange.status == 200 and isinstance(exchange.json, dict):
            _expect_values(judge, exchange.json, (account, now), exchange, page)


def _by_id(target: Target) -> dict[str, tuple[Account, Exchange]]:
    """The accounts as listed, each with its page."""
    return {account["id"]: (account, page) for account, page in _with([*_rows(target)], "id")}


def _expect_values(judge: Judge, view: Account, listed: tuple[Account, Account], *exchanges: Exchange) -> None:
    """Judge that a retrieved account and the list, as it was before and after, lack the same fields, except those that
    are null."""
    only_view = [name for name in NULLABLE if view.get(name) is not None and all(name not in row for row in listed)]
    only_list = [name for name in _left_out(view) if all(row.get(name) is not None for row in listed)]
    where = f"the list has no {', '.join(only_view)}" if only_view else f"a retrieval has no {', '.join(only_list)}"
    expected, got = "the fields that have a value, in the list and by id", f"{view.get('id')}: {where}"
    judge.expect("account.fields", not (only_view or only_list), expected, *exchanges, got=got)


@check("account.id", needs=(needs.ACCOUNTS,))
def ids_of_accounts(target: Target, judge: Judge) -> None:
    """Look for an id that two different accounts have."""
    first_of: dict[str, tuple[tuple[Any, ...], Exchange]] = {}
    for account, page in _rows(target):
        essence = tuple(account.get(name) for name in ("platform", "network_unique_id", "created_at"))
        id = str(account.get("id")).lower()
        other, first = first_of.setdefault(id, (essence, page))
        judge.expect("account.id", other == essence, "an id for each account", first, page, got=f"two accounts of {id}")
    if len(first_of) < 2:
        judge.judged.pop("account.id", None)
        raise Blocked(needs.accounts(2))


def _accounts(target: Target) -> Iterator[tuple[Account, Exchange]]:
    """The accounts as listed, then some of them as retrieved, each with its exchange."""
    rows = [*_rows(target)]
    yield from rows
    accounts = [account for account, _ in rows if isinstance(account.get("id"), str)]
    for account in survey.spread(accounts, _MAX_GETS[target.options.profile]):
        exchange = target.call(GET, path={"id": account["id"]})
        if exchange.status == 200 and isinstance(exchange.json, dict):
            yield exchange.json, exchange


def _rows(target: Target) -> Iterator[tuple[Account, Exchange]]:
    pages = walk(target, limit=GREATEST_LIMIT).pages
    require(pages[0].status == 200, needs.unexpected(f"the list answered {pages[0].status}"))
    yield from ((account, page) for page in pages for account in page.objects("data"))


def _mismatches(account: Account) -> Mismatches:
    """The statements that an account breaks, and how."""
    missing = [name for name in FIELDS if name not in account and name not in NULLABLE]
    nulls = [name for name in FIELDS if name not in NULLABLE and name in account and account[name] is None]
    wrong_types = [name for name in FIELDS if account.get(name) is not None and not _has_type(name, account[name])]
    if missing or wrong_types:
        yield "account.fields", ", ".join([*(f"no {n}" for n in missing), *(_kind(n, account[n]) for n in wrong_types)])
    if nulls:
        yield "account.nulls", f"{', '.join(nulls)} null"
    platform, status = account.get("platform"), account.get("status")
    if platform is not None and not (isinstance(platform, str) and platform.strip()):
        yield "account.platform", f"platform {platform!r}"
    if status is not None and not _is_state(status):
        yield "account.status", f"status {status!r}"
    late = [name for name in _TIMES if account.get(name) is not None and instant(account[name]) is None]
    if late:
        yield "account.timestamps", ", ".join(f"{name} {account[name]!r}" for name in late)


def _left_out(account: Account) -> list[str]:
    """The fields that may be null and are missing."""
    return [name for name in NULLABLE if name not in account]


def _has_type(name: str, value: Any) -> bool:
    if name == "scopes":
        return isinstance(value, list) and all(isinstance(scope, str) for scope in value)
    return isinstance(value, str)


def _is_state(status: Any) -> bool:
    """Whether this may be a status: any text, except another spelling of a documented status."""
    if not isinstance(status, str):
        return False
    bare = status.strip().lower()
    return bool(bare) and (bare not in ("active", "disabled") or bare == status)


def _kind(name: str, value: Any) -> str:
    return f"{name} a {type(value).__name__}" if name != "scopes" else "scopes no array of strings"
