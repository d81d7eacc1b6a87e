"""Judges the retrieval of an account by its id."""

from __future__ import annotations

from uuid import UUID

from postfuze_contracts.checks.connect.connect_flow import connected_ids
from postfuze_contracts.checks.list.walks import same_id, unchanged_accounts, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import DELETE, GET, LIST, MISSING_ID
from postfuze_contracts.target.target import Target

_MAX_ACCOUNTS = {"quick": 12, "ci": 40, "deep": 300}
_TRIES = 3


@check("get.by-id", needs=(needs.ACCOUNTS,))
def accounts_as_listed(target: Target, judge: Judge) -> None:
    """Retrieve accounts of each platform and status, and compare them with the list before and after."""
    for _ in range(_TRIES):
        before = whole_list(target, at_least=1)
        sample = [*survey.spread(before.rows, _MAX_ACCOUNTS[target.options.profile] - 1), before.rows[-1]]
        exchanges = {account["id"]: target.call(GET, path={"id": account["id"]}) for account in sample}
        stable = unchanged_accounts(before, whole_list(target))
        for account in stable:
            if account["id"] in exchanges:
                _expect_as_listed(judge, account, exchanges[account["id"]])
        if judge.judged:
            return
    raise Blocked(needs.unexpected("the data kept changing"))


def _expect_as_listed(judge: Judge, account: Account, exchange: Exchange) -> None:
    if exchange.status != 200 or not isinstance(exchange.json, dict):
        got = describe(exchange) if exchange.status != 200 else "no JSON object"
        judge.expect("get.by-id", False, f"200 with {account['id']}, which the list shows", exchange, got=got)
        return
    other = [name for name in survey.FIELDS if name in account and exchange.json.get(name, ...) != account[name]]
    if "id" in other and same_id(exchange.json.get("id"), account["id"]):
        other.remove("id")
    got = f"another {', '.join(other)}"
    judge.expect("get.by-id", not other, f"{account['id']} as the list shows it", exchange, got=got)


@check("get.unknown")
def ids_that_no_account_has(target: Target, judge: Judge) -> None:
    """Retrieve ids that no account has."""
    near = [_neighbour(account["id"]) for account in survey.rows(target.call(LIST))[:1]]
    for id in (MISSING_ID, "ffffffff-ffff-4fff-bfff-ffffffffffff", *near):
        exchange = target.call(GET, path={"id": id})
        judge.expect("get.unknown", exchange.status == 404, "404 for an id that no account has", exchange)
    malformed = target.call(GET, path={"id": "no-such-id"})
    judge.expect("get.unknown", malformed.status != 200, "no account for what is no id", malformed)
    judge.observe("ids.malformed-path", str(malformed.status), malformed)


def _neighbour(id: str) -> str:
    """An id that differs in its last bit. Random UUIDs are never that close."""
    try:
        return str(UUID(int=UUID(id).int ^ 1))
    except ValueError:
        return MISSING_ID


@session_check("get.deleted", writes="deletes an account that the run connected")
def a_deleted_account(target: Target, judge: Judge) -> None:
    """Delete an account, then retrieve it."""
    id = connected_ids(target)[-1]
    deletion = target.call(DELETE, path={"id": id})
    require(deletion.status < 300, needs.unexpected(f"disconnecting an account answered {deletion.status}"))
    unknown = target.call(GET, path={"id": MISSING_ID})
    for key in ("full", *(("read_only",) if target.options.keys.read_only is not None else ())):
        exchange = target.call(GET, path={"id": id}, key=key)
        _block_if_not_deleted(target, exchange, unknown)
        judge.expect("get.deleted", exchange.status == 404, "404 for an account that was deleted", deletion, exchange)


def _block_if_not_deleted(target: Target, exchange: Exchange, unknown: Exchange) -> None:
    """Raise Blocked if another statement covers the response: the account is still listed, or an unknown id gets the
    same response."""
    if exchange.status == 200:
        page = target.call(LIST, query={"id": str(exchange.member("id"))})
        if any(same_id(row["id"], exchange.member("id")) for row in survey.rows(page)):
            raise Blocked(needs.unexpected("an account that was disconnected still exists"))
    if exchange.status == unknown.status != 404 and exchange.response.body == unknown.response.body:
        raise Blocked(needs.unexpected(f"an id that no account has answers {unknown.status}"))
