"""Judges accounts, as listed and as retrieved: their fields, types and ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postfuze_contracts.checks.list.walks import GREATEST_LIMIT, walk
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import FIELDS, PLATFORMS, Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET
from postfuze_contracts.target.target import Target

_NULLABLE = [name for name, schema in FIELDS.items() if schema.get("nullable")]
_TIMES = [name for name, schema in FIELDS.items() if schema.get("format") == "date-time"]
_MAX_GETS = {"quick": 6, "ci": 20, "deep": 100}

Mismatches = Iterator[tuple[str, str]]


@check(
    "account.fields",
    "account.nulls",
    "account.platform",
    "account.status",
    "account.timestamps",
    needs=(needs.ACCOUNTS,),
)
def each_account(target: Target, judge: Judge) -> None:
    """Look at each account, as listed and as retrieved by its id."""
    rules = {
        "account.fields": "all fifteen fields, each of its type",
        "account.nulls": f"null in no field except {', '.join(_NULLABLE)}",
        "account.platform": "one of the eleven platforms",
        "account.status": "the name of a state",
        "account.timestamps": "RFC 3339 date-times with an offset, and no update before the creation",
    }
    for account, page in _accounts(target):
        mismatches = dict(_mismatches(account))
        for statement, expected in rules.items():
            got = mismatches.get(statement)
            judge.expect(statement, got is None, expected, page, got=f"{account.get('id')}: {got}")
    require(judge.judged, needs.accounts(1))


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
    missing = [name for name in FIELDS if name not in account]
    nulls = [name for name in FIELDS if name not in _NULLABLE and name in account and account[name] is None]
    wrong_types = [name for name in FIELDS if account.get(name) is not None and not _has_type(name, account[name])]
    if missing or wrong_types:
        yield "account.fields", ", ".join([*(f"no {n}" for n in missing), *(_kind(n, account[n]) for n in wrong_types)])
    if nulls:
        yield "account.nulls", f"{', '.join(nulls)} null"
    platform, status = account.get("platform"), account.get("status")
    if platform is not None and platform not in PLATFORMS:
        yield "account.platform", f"platform {platform!r}"
    if status is not None and not _is_state(status):
        yield "account.status", f"status {status!r}"
    late = [name for name in _TIMES if account.get(name) is not None and instant(account[name]) is None]
    if late:
        yield "account.timestamps", ", ".join(f"{name} {account[name]!r}" for name in late)
    elif _updated_too_early(account):
        yield "account.timestamps", f"updated {account['updated_at']}, before it was created, {account['created_at']}"


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


def _updated_too_early(account: Account) -> bool:
    """Whether `updated_at` is before `created_at`, at the precision of both."""
    created, updated = instant(account.get("created_at")), instant(account.get("updated_at"))
    if created is None or updated is None:
        return False
    if not all("." in str(account[name]) for name in ("created_at", "updated_at")):
        created, updated = created // 1, updated // 1
    return updated < created
