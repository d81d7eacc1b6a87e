"""Judges the retrieval of an account by its id."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from postfuze_contracts.checks.connect.connect_flow import connected_ids
from postfuze_contracts.checks.list.walks import same_id, unchanged_accounts, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import agree, exact
from postfuze_contracts.model.operations import DELETE, GET, LIST, MISSING_ID
from postfuze_contracts.target.target import Target

_MAX_ACCOUNTS = {"quick": 12, "ci": 40, "deep": 300}
_TRIES = 3
_PARALLEL, _ROUNDS, _THREADS = 6, 4, 8  # accounts, how often each is asked for, and how many at the same time


@check("get.by-id", needs=(needs.ACCOUNTS,))
def accounts_as_listed(target: Target, judge: Judge) -> None:
    """Retrieve accounts of each platform and status, and compare them with the list before and after."""
    looks = next((looks for _ in range(_TRIES) if (looks := _looks(target))), {})
    require(looks, needs.unexpected("the data kept changing"))
    suspects = {id: look for id, look in looks.items() if _mismatch(*look)}
    if suspects:  # the list may be late, so that before and after are the same old one
        target.client.wait(target.options.settle)
        looks = {id: look for id, look in looks.items() if id not in suspects} | _looks(target, suspects)
    for id, (account, exchange) in looks.items():
        mismatch = _mismatch(account, exchange)
        if mismatch and id in suspects and _moves(suspects[id][1], exchange, mismatch):
            continue
        got = _text(exchange, mismatch)
        judge.expect("get.by-id", not mismatch, f"200 with `{id}` as the list shows it", exchange, got=got)


Look = tuple[Account, Exchange]


def _looks(target: Target, ids: Collection[str] | None = None) -> dict[str, Look]:
    """By id, accounts that are equal in the list before and after they were retrieved, and that retrieval: those of
    `ids`, or a sample. Raises Blocked."""
    before = whole_list(target, at_least=1)
    sample = [*survey.spread(before.rows, _MAX_ACCOUNTS[target.options.profile] - 1), before.rows[-1]]
    wanted = [row["id"] for row in before.rows if row["id"] in ids] if ids else [row["id"] for row in sample]
    exchanges = {id: target.call(GET, path={"id": id}) for id in wanted}
    stable = unchanged_accounts(before, whole_list(target))
    return {row["id"]: (row, exchanges[row["id"]]) for row in stable if row["id"] in exchanges}


def _mismatch(account: Account, exchange: Exchange) -> list[str]:
    """The fields in which a retrieval differs from the list; all of them if it is none. A field that is missing is
    null, and times are compared at the precision of the coarser one."""
    view = exchange.json
    if exchange.status != 200 or not isinstance(view, dict):
        return [*account]
    names = [name for name in survey.FIELDS if name in account and not _same(account[name], view.get(name))]
    return [name for name in names if name != "id" or not same_id(view.get("id"), account["id"])]


def _same(one: object, other: object) -> bool:
    return one == other or (exact(one) is not None and agree(one, other))


def _moves(first: Exchange, last: Exchange, names: list[str]) -> bool:
    """Whether all these fields differ between two retrievals, because something keeps changing them."""
    return first.status == last.status == 200 and all(first.member(name) != last.member(name) for name in names)


def _text(exchange: Exchange, mismatch: list[str]) -> str:
    if exchange.status != 200:
        return describe(exchange)
    if not isinstance(exchange.json, dict):
        return "no JSON object"
    return f"another {', '.join(f'`{name}`' for name in mismatch)}"


@check("get.by-id", "list.filter-id", needs=(needs.ACCOUNTS,))
def accounts_in_parallel(target: Target, judge: Judge) -> None:
    """Retrieve accounts, and filter the list by their ids, at the same time: no answer is that to another request."""
    ids = [row["id"] for row in survey.spread(survey.accounts(target, 2), _PARALLEL)]
    calls = [id for _ in range(_ROUNDS) for id in ids]
    with ThreadPoolExecutor(min(_THREADS, target.options.connections)) as pool:
        gets = [*pool.map(lambda id: target.call(GET, path={"id": id}), calls)]
        pages = [*pool.map(lambda id: target.call(LIST, query={"id": id}), calls)]
    for id, exchange in zip(calls, gets, strict=True):
        if exchange.status == 200 and isinstance(exchange.member("id"), str):
            right, got = same_id(exchange.member("id"), id), f"the account {exchange.member('id')}"
            judge.expect("get.by-id", right, f"the account `{id}`, also in parallel", exchange, got=got, once=True)
    for id, page in zip(calls, pages, strict=True):
        wrong = [row["id"] for row in survey.rows(page) if not same_id(row["id"], id)]
        if page.status == 200:
            got = f"also {', '.join(wrong[:3])}"
            judge.expect("list.filter-id", not wrong, f"only `{id}`, also in parallel", page, got=got, once=True)


@check("get.unknown", assumes=("ids.malformed-path",))
def ids_that_no_account_has(target: Target, judge: Judge) -> None:
    """Retrieve ids that no account has, and texts that are nearly the id of one."""
    accounts = survey.rows(target.call(LIST))[:1]
    near = [_neighbour(account["id"]) for account in accounts]
    for id in (MISSING_ID, "ffffffff-ffff-4fff-bfff-ffffffffffff", *near):
        exchange = target.call(GET, path={"id": id})
        judge.expect("get.unknown", exchange.status == 404, "404 for an id that no account has", exchange)
    for id in [text for account in accounts for text in _nearly(account["id"])]:
        exchange = target.call(GET, path={"id": id})
        holds = exchange.status != 200 or exchange.member("id") == id
        judge.expect("get.unknown", holds, f"no account for `{id}`, which no account has as its id", exchange)
    malformed = target.call(GET, path={"id": "no-such-id"})
    judge.expect("get.unknown", malformed.status != 200, "no account for what is no id", malformed)
    if 400 <= malformed.status < 500 and malformed.status not in survey.NOT_NOW:
        judge.observe("ids.malformed-path", str(malformed.status), malformed)


def _nearly(id: str) -> tuple[str, ...]:
    """Texts that a careless comparison takes for `id`. Other cases and forms of a UUID may be the same id."""
    encoded = f"%{ord(id[0]):02X}{id[1:]}"  # the path has it encoded once more
    numbers = () if id.isdecimal() else (f"0{id}",)  # a number may begin with a 0
    return f"{id}0", id[:-1], f"{id[:-1]}%", f"{id[:-1]}_", f"{id[:-1]}*", encoded, *numbers


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
