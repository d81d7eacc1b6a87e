"""Judges disconnecting accounts. Only accounts that this run connected from fresh sessions are disconnected."""

from __future__ import annotations

import time
from functools import partial

from postfuze_contracts.checks.connect.connect_flow import connected_ids, current_accounts
from postfuze_contracts.checks.list.settling import SETTLING, Settling
from postfuze_contracts.checks.list.walks import same_id, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target

LOOKS = 10
PROMPT = 2.0  # seconds between a look and a deletion; more if a rate limit delays it
MAX_KINDS = 2  # of accounts, besides the first, that are disconnected
MAX_DELETED = 20  # accounts that are checked again at the end
States = dict[str, survey.Account]
MOVING = {"last_synced_at", "updated_at", "token_expires_at"}  # the service changes these on its own initiative


@check(assumes=("delete.unknown",))
def an_id_that_never_was(target: Target, judge: Judge) -> None:
    """Disconnect an account that never existed."""
    _observe_status(judge, "delete.unknown", target.call(DELETE, path={"id": MISSING_ID}))


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
    expected, once = "403 for a key without `accounts:write`", exchange.status < 300
    judge.expect("delete.needs-scope", exchange.status == 403, expected, exchange, once=once)
    after = target.call(GET, path={"id": id})
    if exchange.status == 403:
        is_unchanged = after.status == 200 and after.member("status") != "disabled"
        expected, once = "the account to stay as it was", after.status == 404
        judge.expect("delete.needs-scope", is_unchanged, expected, exchange, after, once=once)


@session_check(
    *("delete.acknowledged", "delete.gone", "delete.only-that-one"),
    assumes=("delete.again", "deleted.inspection", SETTLING),
    writes="deletes an account that the run connected",
)
def an_account(target: Target, judge: Judge) -> None:
    """Disconnect an account, look for it and at all others, then disconnect it again."""
    id = _with_a_sibling(target, connected_ids(target, 2))
    account = target.call(GET, path={"id": id})
    looks = [current_accounts(target), current_accounts(target)]
    others = _others(target, id, *map(_states_of, looks))
    strangers = _strangers(target)
    looked_at = time.time()
    exchange = target.call(DELETE, path={"id": id})
    prompt = exchange.response.received_at - looked_at < PROMPT
    rows = current_accounts(target)
    now = _states_of(rows)
    _expect_acknowledged(judge, exchange, id)
    require(exchange.status < 300, needs.unexpected(f"disconnecting an account answered {exchange.status}"))
    _expect_others(target, judge, others, now, exchange, prompt=prompt)
    _expect_untouched(judge, [*looks, rows], exchange)
    _expect_strangers(target, judge, strangers, account, exchange)
    require(_expect_gone(target, judge, account, exchange), needs.unexpected("a disconnected account still exists"))
    _observe_status(judge, "delete.again", target.call(DELETE, path={"id": id}), exchange)
    for operation in (METRICS, HEALTH):
        _observe_inspection(judge, target.call(operation, path={"id": id}))
    _expect_gone(target, judge, account, exchange)  # also after the second deletion, and after a probe
    for other in _of_other_kinds(target, account):
        _expect_deleted(target, judge, other)


def _of_other_kinds(target: Target, account: Exchange) -> list[Exchange]:
    """A few of the run's own accounts that differ in kind from `account` and from each other. Some others remain for
    further checks."""
    standing = [got for id in connected_ids(target, 0) if (got := target.call(GET, path={"id": id})).status == 200]
    kinds = {_kind(got): got for got in standing if _kind(got) != _kind(account)}
    return list(kinds.values())[: max(0, min(MAX_KINDS, len(standing) - 2))]


def _kind(account: Exchange) -> tuple[bool, ...]:
    return tuple(account.member(name) is None for name in ("username", "tenant_id", "account_type", "display_name"))


def _expect_deleted(target: Target, judge: Judge, account: Exchange) -> None:
    """Judge that disconnecting an account is acknowledged, and that the account is gone."""
    exchange = target.call(DELETE, path={"id": account.json["id"]})
    _expect_acknowledged(judge, exchange, account.json["id"])
    if exchange.status < 300:
        _expect_gone(target, judge, account, exchange)


def _expect_acknowledged(judge: Judge, exchange: Exchange, id: str) -> None:
    holds = exchange.status == 200 and same_id(exchange.member("id"), id) and exchange.member("deleted") is True
    expected, once = "200, the `id` and `deleted: true`", exchange.status < 300
    judge.expect("delete.acknowledged", holds, expected, exchange, got=_short(exchange), once=once)


@session_check("delete.only-that-one", writes="tries to delete accounts whose ids are similar to a connected one")
def a_similar_id(target: Target, judge: Judge) -> None:
    """Disconnect by ids that are similar to that of an account: the account stays."""
    id = connected_ids(target)[-1]
    for similar in (f"{id}0", id[:-1], f"{id} "):
        exchange = target.call(DELETE, path={"id": similar})
        got = target.call(GET, path={"id": id})
        is_gone = got.status in (404, 410)
        expected = f"`{id}` to stay when `{similar}` is disconnected"
        if not judge.expect("delete.only-that-one", not is_gone, expected, exchange, got, once=True):
            return


@session_check("delete.gone", "delete.only-that-one", last=True)
def what_was_deleted(target: Target, judge: Judge) -> None:
    """At the end of the run, look again for each account that was disconnected, and tell what the first deletion did
    to another organization."""
    for id, deletion, got in target.strangers.losses:
        expected = f"`{id}`, of another organization, to stay as it was"
        judge.expect("delete.only-that-one", False, expected, deletion, got, once=True)
    deletions = target.ledger.of("deleted")
    for change in deletions[:MAX_DELETED]:
        if change.id in target.ledger.standing():
            continue  # connected again
        got = target.call(GET, path={"id": change.id})
        expected, is_shown = "a disconnected account to stay disconnected", _is_shown(got)
        judge.expect("delete.gone", not is_shown, expected, change.exchange, got, once=True)
    require(judge.judged, needs.FRESH_SESSION)  # nothing was connected, so nothing was disconnected


def _observe_status(judge: Judge, assumption: str, exchange: Exchange, *before: Exchange) -> None:
    """Record what disconnecting returned where nothing was to be disconnected. What `deleted` says then is open."""
    is_other = exchange.status == 200 and not isinstance(exchange.member("deleted"), bool)
    choice = f"200, `deleted` {exchange.member('deleted')!r}" if is_other else str(exchange.status)
    judge.observe(assumption, choice, *before, exchange)


def _observe_inspection(judge: Judge, exchange: Exchange) -> None:
    """Record whether the metrics or the health of a deleted account can be read."""
    judge.observe("deleted.inspection", "answered" if exchange.status == 200 else str(exchange.status), exchange)


def _is_shown(got: Exchange) -> bool:
    return got.status < 300 and got.member("id") is not None


def _with_a_sibling(target: Target, ids: list[str]) -> str:
    """One of `ids`, if possible one that was connected together with another of them."""
    connected_by = {change.id: change.exchange for change in target.ledger.of("connected")}
    together = [id for id in ids if any(connected_by[id] is connected_by[other] for other in ids if other != id)]
    return (together or ids)[0]


def _expect_gone(target: Target, judge: Judge, account: Exchange, deletion: Exchange) -> bool:
    """Judge that no retrieval and no list shows the account, with any key or filter. Returns whether at least one of
    them does not show it. What is retrieved has no grace."""
    id, keys = account.json["id"], ["full"] + (["read_only"] if target.options.keys.read_only is not None else [])
    views: list[bool] = []
    for key in keys:
        got = target.call(GET, path={"id": id}, key=key)
        views.append(_is_shown(got))
        expected = "a disconnected account cannot be retrieved"
        judge.expect("delete.gone", not views[-1], expected, account, deletion, got, once=True)
    settling = Settling(target, judge)
    for query in _queries(account):
        for key in keys if "id" in query else keys[:1]:
            page = settling.look(partial(target.call, LIST, query=query, key=key), lambda page: not _lists(page, id))
            views.append(_lists(page, id))
            expected = "no list to show it"
            judge.expect("delete.gone", not views[-1], expected, deletion, page, got="it is listed", once=True)
    return not all(views)


def _queries(account: Exchange) -> list[dict[str, str]]:
    """The lists that might show the account: unfiltered, and by each of its values."""
    filters = ("id", "platform", "username", "network_unique_id", "tenant_id")
    values = {name: account.member(name) for name in filters if isinstance(account.member(name), str)}
    if "network_unique_id" in values:
        values["networkUniqueId"] = values["network_unique_id"]
    return [{}, {"limit": "100"}, *({name: value, "limit": "100"} for name, value in values.items())]


def _lists(page: Exchange, id: str) -> bool:
    return any(row["id"] == id for row in survey.rows(page))


def _others(target: Target, id: str, *looks: States) -> States:
    """The other accounts that are equal in both looks, without those that a late list still shows; only the run's own
    if other clients delete accounts."""
    first, last = looks
    gone = {change.id for change in target.ledger.of("deleted")}.difference(target.ledger.standing()) | {id}
    unchanged = {other: state for other, state in last.items() if first.get(other) == state and other not in gone}
    if first.keys() <= last.keys():
        return unchanged
    return {other: state for other, state in unchanged.items() if other in target.ledger.standing()}


def _states_of(rows: list[survey.Account]) -> States:
    """By id, the fields of each account that the service does not change."""
    return {row["id"]: _state(row) for row in rows}


def _state(row: survey.Account) -> survey.Account:
    return {name: value for name, value in row.items() if name not in MOVING}


def _expect_others(
    target: Target, judge: Judge, before: States, now: States, deletion: Exchange, *, prompt: bool
) -> None:
    """Judge that the other accounts are unchanged. Suspects are looked up by id, because new accounts may have pushed
    them beyond the end of the walk. If other clients delete accounts too, only the run's own are judged. An account
    that is gone needs no repetition if the deletion was `prompt`: if it came right after the look before it."""
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
        page = target.call(GET, path={"id": id})
        state = _state(page.json) if _is_shown(page) else None
        if state is not None and not quiet and state.get("status") == before[id].get("status"):
            judge.block("delete.only-that-one", needs.unexpected("the accounts kept changing"))
            continue  # another client may have changed it
        changed = [] if state is None else _changed_names(before[id], state)
        got = describe(page) if state is None else f"another {', '.join(changed)}"
        same = state is not None and not changed
        expected = f"`{id}` to stay as it was"
        judge.expect(
            "delete.only-that-one",
            same,
            expected,
            deletion,
            page,
            got=got,
            once=damage or (prompt and page.status == 404),
        )


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


def _expect_strangers(target: Target, judge: Judge, before: States, account: Exchange, deletion: Exchange) -> None:
    """Judge that the accounts of another organization still exist, and that none of them was disabled. They are looked
    up by id, because new accounts may have pushed them beyond the end of the walk. One of the same page needs no
    repetition: that another client has disconnected just this one is no accident."""
    now = _states_of(whole_list(target, key="other_organization").rows) if before else {}
    suspects = [id for id, state in before.items() if id not in now or _is_disabled(state, now[id])]
    for id in suspects[:10]:
        got = target.call(GET, path={"id": id}, key="other_organization")
        is_same = got.status != 404 and not _is_disabled(before[id], got.json)
        expected = f"`{id}`, of another organization, to stay as it was"
        once = before[id].get("network_unique_id") == account.member("network_unique_id")
        judge.expect("delete.only-that-one", is_same, expected, deletion, got, once=once)


def _is_disabled(before: survey.Account, after: object) -> bool:
    """Whether the account has become disabled, which is what disconnecting does."""
    return isinstance(after, dict) and after.get("status") == "disabled" != before.get("status")


def _is_quiet(target: Target) -> bool:
    """Whether nothing changes now. Then probably no other client changed several accounts just before."""
    looks = [_states_of(current_accounts(target)) for _ in range(LOOKS)]
    return all(look == looks[0] for look in looks)


def _others_delete(target: Target, now: States) -> bool:
    """Whether other clients delete accounts too."""
    return any(not now.keys() <= _states_of(current_accounts(target)).keys() for _ in range(LOOKS))


def _changed_names(before: survey.Account, after: survey.Account) -> list[str]:
    """The fields that differ. A list may show fewer fields than a retrieval."""
    return sorted(name for name in before.keys() & after.keys() if before[name] != after[name])


def _short(exchange: Exchange) -> str:
    return f"{describe(exchange)}: {exchange.response.body[:120].decode('utf-8', 'replace')}"
