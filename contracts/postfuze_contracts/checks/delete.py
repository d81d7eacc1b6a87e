"""Judges disconnecting accounts. Only accounts that this run connected from fresh sessions are disconnected."""

from __future__ import annotations

from postfuze_contracts.checks.connect.connect_flow import connected_ids, current_accounts
from postfuze_contracts.checks.list.walks import same_id, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import DELETE, GET, LIST, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target

LOOKS = 10
MAX_DELETED = 20  # accounts that are checked again at the end
States = dict[str, survey.Account]
MOVING = {"last_synced_at", "updated_at", "token_expires_at"}  # the service changes these on its own initiative


@check("delete.again")
def an_id_that_never_was(target: Target, judge: Judge) -> None:
    """Disconnect an account that never existed."""
    exchange = target.call(DELETE, path={"id": MISSING_ID})
    judge.expect("delete.again", exchange.status == 404, "404 for an id that no account has", exchange)


@session_check(
    "delete.needs-scope",
    needs=(needs.READ_ONLY_KEY, needs.FRESH_SESSION),
    writes="tries to delete an account that the run connected",
)
def a_key_without_scopes(target: Target, judge: Judge) -> None:
    """Disconnect an account with a key without `accounts:write`."""
    require(target.options.keys.read_only is not None, needs.READ_ONLY_KEY)
    id = connected_ids(target)[-1]
    exchange = target.call(DELETE, path={"id": id}, key="read_only")
    judge.expect("delete.needs-scope", exchange.status == 403, "403 for a key without `accounts:write`", exchange)
    after = target.call(GET, path={"id": id})
    if exchange.status == 403:
        is_unchanged = after.status == 200 and after.member("status") != "disabled"
        judge.expect("delete.needs-scope", is_unchanged, "the account to stay as it was", exchange, after)


@session_check(
    *("delete.acknowledged", "delete.gone", "delete.only-that-one", "delete.again"),
    writes="deletes an account that the run connected",
)
def an_account(target: Target, judge: Judge) -> None:
    """Disconnect an account, look for it and at all others, then disconnect it again."""
    id = _with_a_sibling(target, connected_ids(target, 2))
    account = target.call(GET, path={"id": id})
    looks = [current_accounts(target), current_accounts(target)]
    others = _others(target, id, *map(_states_of, looks))
    strangers = _strangers(target)
    exchange = target.call(DELETE, path={"id": id})
    rows = current_accounts(target)
    now = _states_of(rows)
    holds = exchange.status == 200 and same_id(exchange.member("id"), id) and exchange.member("deleted") is True
    judge.expect("delete.acknowledged", holds, "200, the `id` and `deleted: true`", exchange, got=_short(exchange))
    require(exchange.status < 300, needs.unexpected(f"disconnecting an account answered {exchange.status}"))
    _expect_others(target, judge, others, now, exchange)
    _expect_untouched(judge, [*looks, rows], exchange)
    _expect_strangers(target, judge, strangers, exchange)
    require(_expect_gone(target, judge, account, exchange), needs.unexpected("a disconnected account still exists"))
    again = target.call(DELETE, path={"id": id})
    judge.expect("delete.again", again.status == 404, "404: the account is deleted already", exchange, again)
    metrics = target.call(METRICS, path={"id": id})
    judge.observe("deleted.inspection", "answered" if metrics.status == 200 else str(metrics.status), metrics)
    _expect_gone(target, judge, account, exchange)  # also after the second deletion


@session_check("delete.gone", last=True)
def what_was_deleted(target: Target, judge: Judge) -> None:
    """At the end of the run, look again for each account that was disconnected."""
    deletions = target.ledger.of("deleted")
    for change in deletions[:MAX_DELETED]:
        if change.id in target.ledger.standing():
            continue  # connected again
        got = target.call(GET, path={"id": change.id})
        is_shown = got.status < 300 and got.member("id") is not None
        judge.expect("delete.gone", not is_shown, "a disconnected account to stay disconnected", change.exchange, got)
    require(judge.judged, needs.FRESH_SESSION)  # nothing was connected, so nothing was disconnected


def _with_a_sibling(target: Target, ids: list[str]) -> str:
    """One of `ids`, if possible one that was connected together with another of them."""
    connected_by = {change.id: change.exchange for change in target.ledger.of("connected")}
    together = [id for id in ids if any(connected_by[id] is connected_by[other] for other in ids if other != id)]
    return (together or ids)[0]


def _expect_gone(target: Target, judge: Judge, account: Exchange, deletion: Exchange) -> bool:
    """Judge that no list and no retrieval shows the account, with any key or filter. Returns whether at least one of
    them does not show it."""
    views: list[bool] = []
    keys = ["full"] + (["read_only"] if target.options.keys.read_only is not None else [])
    for key in keys:
        got = target.call(GET, path={"id": account.json["id"]}, key=key)
        views.append(got.status < 300 and got.member("id") is not None)
        expected = "a disconnected account cannot be retrieved"
        judge.expect("delete.gone", not views[-1], expected, account, deletion, got)
    filters = ("id", "platform", "username", "network_unique_id", "tenant_id")
    values = {name: account.member(name) for name in filters if isinstance(account.member(name), str)}
    if "network_unique_id" in values:
        values["networkUniqueId"] = values["network_unique_id"]
    for query in ({}, {"limit": "100"}, *({name: value, "limit": "100"} for name, value in values.items())):
        for key in keys if "id" in query else keys[:1]:
            page = target.call(LIST, query=query, key=key)
            views.append(any(row["id"] == account.json["id"] for row in survey.rows(page)))
            judge.expect("delete.gone", not views[-1], "no list to show it", deletion, page, got="it is listed")
    return not all(views)


def _others(target: Target, id: str, *looks: States) -> States:
    """The other accounts that are equal in both looks; only the run's own if other clients delete accounts."""
    first, last = looks
    unchanged = {other: state for other, state in last.items() if first.get(other) == state and other != id}
    if first.keys() <= last.keys():
        return unchanged
    return {other: state for other, state in unchanged.items() if other in target.ledger.standing()}


def _states_of(rows: list[survey.Account]) -> States:
    """By id, the fields of each account that the service does not change."""
    return {row["id"]: _state(row) for row in rows}


def _state(row: survey.Account) -> survey.Account:
    return {name: value for name, value in row.items() if name not in MOVING}


def _expect_others(target: Target, judge: Judge, before: States, now: States, deletion: Exchange) -> None:
    """Judge that the other accounts are unchanged. Suspects are looked up by id, because new accounts may have pushed
    them beyond the end of the walk. If other clients delete accounts too, only the run's own are judged."""
    suspects = [id for id, state in before.items() if now.get(id) != state]
    if suspects and _others_delete(target, now):
        suspects = [id for id in suspects if id in target.ledger.standing()]
    if before and not suspects:
        judge.expect("delete.only-that-one", True, "the others as they were")
    if not before:
        judge.block("delete.only-that-one", needs.unexpected("no other account stayed unchanged for long enough"))
    quiet = not suspects or _is_quiet(target)
    damage = len(suspects) > 1 and quiet
    for id in suspects[:10]:
        page = target.call(LIST, query={"id": id})
        state = next((_state(row) for row in survey.rows(page) if row["id"] == id), None)
        if state is not None and not quiet and state.get("status") == before[id].get("status"):
            judge.block("delete.only-that-one", needs.unexpected("the accounts kept changing"))
            continue  # another client may have changed it
        got = "it is not listed" if state is None else f"another {', '.join(_changed_names(before[id], state))}"
        same = state == before[id]
        expected = f"`{id}` to stay as it was"
        judge.expect("delete.only-that-one", same, expected, deletion, page, got=got, once=damage)


def _expect_untouched(judge: Judge, looks: list[list[survey.Account]], deletion: Exchange) -> None:
    """Judge that most other accounts were not updated between the last two of three looks, if none was before."""
    before, then, after = ({row["id"]: row.get("updated_at") for row in rows} for rows in looks)
    common = [id for id in then if id in after]
    updates = [id for id in common if after[id] != then[id]]
    if before == then and len(common) > 2:
        got = f"{len(updates)} others have another `updated_at`"
        holds = 2 * len(updates) <= len(common)
        judge.expect("delete.only-that-one", holds, "the others as they were", deletion, got=got)


def _strangers(target: Target) -> States:
    """The accounts of another organization; none if some of them vanish without this run."""
    if target.options.keys.other_organization is None:
        return {}
    first, last = (_states_of(whole_list(target, key="other_organization").rows) for _ in range(2))
    return last if first.keys() <= last.keys() else {}


def _expect_strangers(target: Target, judge: Judge, before: States, deletion: Exchange) -> None:
    """Judge that the accounts of another organization still exist."""
    now = _states_of(whole_list(target, key="other_organization").rows) if before else {}
    for id in [id for id in before if id not in now][:3]:
        got = target.call(GET, path={"id": id}, key="other_organization")
        expected = f"`{id}`, of another organization, to stay"
        judge.expect("delete.only-that-one", got.status != 404, expected, deletion, got)


def _is_quiet(target: Target) -> bool:
    """Whether nothing changes now. Then probably no other client changed several accounts just before."""
    looks = [_states_of(current_accounts(target)) for _ in range(LOOKS)]
    return all(look == looks[0] for look in looks)


def _others_delete(target: Target, now: States) -> bool:
    """Whether other clients delete accounts too."""
    return any(not now.keys() <= _states_of(current_accounts(target)).keys() for _ in range(LOOKS))


def _changed_names(before: survey.Account, after: survey.Account) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _short(exchange: Exchange) -> str:
    return f"{describe(exchange)}: {exchange.response.body[:120].decode('utf-8', 'replace')}"
