"""Judges that a key gives access to its own organization only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from postfuze_contracts.checks.connect.connect_flow import connected_ids
from postfuze_contracts.checks.list.filtering import FILTERS
from postfuze_contracts.checks.list.walks import NOT_NOW, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target

OTHER = "other_organization"
_LATER = "4102444800"  # in unix seconds, in the year 2100
_FORMS: tuple[dict[str, str], ...] = ({}, {"since": "0"}, {"until": _LATER}, {"since": "0", "until": _LATER})
_TELLING = ("username", "display_name", "network_unique_id", "tenant_id", "profile_image_url", "social_network_id")
_LEGIBLE = 4  # characters; shorter values may be in any sentence
_PARALLEL_LISTS = 6  # with each of two keys
_MOMENT = 1.2  # seconds
_MAX_STRANGERS = {"quick": 2, "ci": 6, "deep": 30}  # of either organization


@check("isolation.list", needs=(needs.ACCOUNTS, needs.OTHER_ORGANIZATION))
def lists_of_two_organizations(target: Target, judge: Judge) -> None:
    """List with the keys of two organizations, and request accounts of the other one by filters and cursors."""
    for key, stranger in _both_ways(target):
        others = whole_list(target, key=stranger).rows
        foreign = {str(row["id"]).lower() for row in others}
        for query in ({"limit": "100"}, *_filters(others, target), *_cursors(target, stranger)):
            page = target.call(LIST, query=query, key=key)
            leaks = [row["id"] for row in survey.rows(page) if str(row["id"]).lower() in foreign]
            if page.status not in NOT_NOW and foreign:
                got = f"{len(leaks)} of another organization: {', '.join(leaks[:3])}"
                once = bool(leaks)
                judge.expect("isolation.list", not leaks, "only the key's own accounts", page, got=got, once=once)
    require(judge.judged, needs.accounts(1))


def _filters(accounts: list[Account], target: Target) -> Iterator[Mapping[str, str]]:
    """Queries for accounts of another organization."""
    for account in survey.spread(accounts, _MAX_STRANGERS[target.options.profile]):
        values = {each.name: value for each in FILTERS if (value := each.value(account))}
        yield from ({name: value, "limit": "100"} for name, value in values.items())
        yield {"networkUniqueId": str(account.get("network_unique_id"))}
        yield {name: value for name, value in values.items() if name != "id"}


def _cursors(target: Target, key: str) -> Iterator[Mapping[str, str]]:
    """Queries that continue a walk of another organization."""
    cursor = target.call(LIST, query={"limit": "1"}, key=key).member("next_cursor")
    if isinstance(cursor, str):
        yield {"limit": "100", "cursor": cursor}


@check("isolation.list", needs=(needs.ACCOUNTS, needs.OTHER_ORGANIZATION))
def lists_at_the_same_time(target: Target, judge: Judge) -> None:
    """List with the keys of two organizations at the same time."""
    require(target.options.keys.other_organization is not None, needs.OTHER_ORGANIZATION)
    ids = {key: {str(row["id"]).lower() for row in whole_list(target, key=key).rows} for key in ("full", OTHER)}
    require(all(ids.values()), needs.accounts(1))
    strangers = {"full": ids[OTHER], OTHER: ids["full"]}
    keys = ("full", OTHER) * _PARALLEL_LISTS
    with ThreadPoolExecutor(max(2, target.options.connections)) as pool:
        pages = [*pool.map(lambda key: target.call(LIST, query={"limit": "100"}, key=key), keys)]
    for key, page in zip(keys, pages, strict=True):
        leaks = [row["id"] for row in survey.rows(page) if str(row["id"]).lower() in strangers[key]]
        if page.status == 200:
            got, once = f"{len(leaks)} of another organization: {', '.join(leaks[:3])}", bool(leaks)
            judge.expect("isolation.list", not leaks, "only the key's own accounts", page, got=got, once=once)


@check("isolation.reads", assumes=("isolation.status",), needs=(needs.ACCOUNTS, needs.OTHER_ORGANIZATION))
def accounts_of_another_organization(target: Target, judge: Judge) -> None:
    """Retrieve accounts of another organization, their metrics, and their health if probing is allowed."""
    for key, stranger in _both_ways(target):
        for account in survey.spread(whole_list(target, key=stranger).rows, _MAX_STRANGERS[target.options.profile]):
            for operation in (GET, METRICS):
                _expect_hidden(target, judge, operation, account, key)
            if target.allows(HEALTH, id=account["id"]):
                _expect_hidden(target, judge, HEALTH, account, key)
    require(judge.judged, needs.accounts(1))


def _expect_hidden(target: Target, judge: Judge, operation: str, account: Account, key: str) -> None:
    """Judge that the response shows nothing of an account of another organization, and observe its status."""
    for query in _FORMS if operation == METRICS else ({},):
        exchange = target.call(operation, path={"id": account["id"]}, query=query, key=key)
        if exchange.status in NOT_NOW or exchange.status >= 500:
            continue
        unknown = target.call(operation, path={"id": MISSING_ID}, query=query, key=key)
        if exchange.status < 300:
            got, shown = None, not _is_as_unknown(exchange, unknown)
        else:
            names = _revealed(account, exchange, unknown)
            got, shown = f"{exchange.status}, with its {', '.join(names)}", bool(names)
            _observe_status(judge, exchange, unknown)
        expected = "nothing of another organization's account"
        judge.expect("isolation.reads", not shown, expected, exchange, got=got if shown else None, once=shown)


def _is_as_unknown(exchange: Exchange, unknown: Exchange) -> bool:
    """Whether an id that no account has gets the same response, apart from the id. Other statements cover that."""
    bodies = [
        each.response.body.lower().replace(each.request.path.split("/")[2].lower().encode(), b"")
        for each in (exchange, unknown)
    ]
    return exchange.status == unknown.status and bodies[0] == bodies[1]


def _revealed(account: Account, exchange: Exchange, unknown: Exchange) -> list[str]:
    """The fields of the account whose values are in a refusal, but not in that of an unknown id."""
    text, usual = (each.response.body.decode("utf-8", "replace") for each in (exchange, unknown))
    names = [name for name in _TELLING if isinstance(value := account.get(name), str) and len(value) >= _LEGIBLE]
    return [name for name in names if _contains(text, account[name]) and not _contains(usual, account[name])]


def _contains(text: str, value: str) -> bool:
    """Whether `value` is in `text` as a word of its own, also as JSON escapes it."""
    spellings = {value, json.dumps(value)[1:-1]}
    return any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text, re.IGNORECASE) for each in spellings)


def _observe_status(judge: Judge, exchange: Exchange, unknown: Exchange) -> None:
    """Observe how an account of another organization is refused. The same status for an `unknown` id has another cause,
    such as a missing scope, unless it is 404."""
    if exchange.status == 404 or exchange.status != unknown.status:
        judge.observe("isolation.status", str(exchange.status), exchange)


def _both_ways(target: Target) -> list[tuple[str, str]]:
    """Pairs of a key to call with and the key of an organization to read, both ways. Raises Blocked."""
    require(target.options.keys.other_organization is not None, needs.OTHER_ORGANIZATION)
    reader = [("read_only", OTHER)] if target.options.keys.read_only is not None else []
    return [("full", OTHER), (OTHER, "full"), *reader]


@session_check(
    "isolation.delete",
    assumes=("isolation.status",),
    needs=(needs.OTHER_ORGANIZATION, needs.FRESH_SESSION),
    writes="tries to delete an account that the run connected",
)
def disconnecting_for_another_organization(target: Target, judge: Judge) -> None:
    """Disconnect an account with the key of another organization, and see whether it still exists."""
    require(target.options.keys.other_organization is not None, needs.OTHER_ORGANIZATION)
    id = connected_ids(target)[-1]
    earlier, before = (target.call(GET, path={"id": id}) for _ in range(2))
    exchange = target.call(DELETE, path={"id": id}, key=OTHER)
    require(exchange.status not in NOT_NOW, needs.unexpected(f"disconnecting answered {exchange.status}"))
    if exchange.status >= 400:
        _observe_status(judge, exchange, target.call(DELETE, path={"id": MISSING_ID}, key=OTHER))
    after = target.call(GET, path={"id": id})
    require(after.status < 500, needs.unexpected(f"retrieving the account answered {after.status}"))
    is_unchanged = after.status == 200 and after.member("status") == before.member("status")
    if earlier.json == before.json and is_unchanged and after.member("updated_at") != before.member("updated_at"):
        is_unchanged = _changes_by_itself(target, after)
    expected, is_gone = "the account to stay as it was", after.status in (404, 410)
    judge.expect("isolation.delete", is_unchanged, expected, before, exchange, after, once=is_gone)


def _changes_by_itself(target: Target, account: Exchange) -> bool:
    """Whether the account is updated without this run, by a job in the background."""
    target.client.wait(_MOMENT)
    later = target.call(GET, path={"id": account.request.path.split("/")[2]})
    return later.status == 200 and later.member("updated_at") != account.member("updated_at")
