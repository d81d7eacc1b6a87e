"""Judges that a key gives access to its own organization only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postfuze_contracts.checks.connect.connect_flow import connected_ids
from postfuze_contracts.checks.list.filtering import FILTERS
from postfuze_contracts.checks.list.walks import NOT_NOW, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target

OTHER = "other_organization"
_LATER = "4102444800"  # in unix seconds, in the year 2100
_FORMS: tuple[dict[str, str], ...] = ({}, {"since": "0"}, {"until": _LATER}, {"since": "0", "until": _LATER})
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
                judge.expect("isolation.list", not leaks, "only the key's own accounts", page, got=got)
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


@check("isolation.reads", needs=(needs.ACCOUNTS, needs.OTHER_ORGANIZATION))
def accounts_of_another_organization(target: Target, judge: Judge) -> None:
    """Retrieve accounts of another organization, their metrics, and their health if probing is allowed."""
    for key, stranger in _both_ways(target):
        for account in survey.spread(whole_list(target, key=stranger).rows, _MAX_STRANGERS[target.options.profile]):
            for operation in (GET, METRICS):
                _expect_missing(target, judge, operation, account, key)
            if target.allows(HEALTH, id=account["id"]):
                _expect_missing(target, judge, HEALTH, account, key)
    require(judge.judged, needs.accounts(1))


def _expect_missing(target: Target, judge: Judge, operation: str, account: Account, key: str) -> None:
    for query in _FORMS if operation == METRICS else ({},):
        exchange = target.call(operation, path={"id": account["id"]}, query=query, key=key)
        if exchange.status in NOT_NOW:
            continue
        is_missing = exchange.status == 404
        if not is_missing and _as_unknown(target, exchange, key):
            raise Blocked(needs.unexpected(f"an id that no account has answers {exchange.status}"))
        judge.expect("isolation.reads", is_missing, "404 for an account of another organization", exchange)


def _as_unknown(target: Target, exchange: Exchange, key: str) -> bool:
    """Whether an unknown id gets the same response, which another statement covers."""
    if exchange.operation != GET and exchange.status not in (401, 403):
        return False
    unknown = target.call(exchange.operation, path={"id": MISSING_ID}, query=exchange.request.query, key=key)
    return unknown.status == exchange.status and unknown.response.body == exchange.response.body


def _both_ways(target: Target) -> list[tuple[str, str]]:
    """Pairs of a key to call with and the key of an organization to read, both ways. Raises Blocked."""
    require(target.options.keys.other_organization is not None, needs.OTHER_ORGANIZATION)
    reader = [("read_only", OTHER)] if target.options.keys.read_only is not None else []
    return [("full", OTHER), (OTHER, "full"), *reader]


@session_check(
    "isolation.delete",
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
    judge.expect("isolation.delete", exchange.status == 404, "404 for an account of another organization", exchange)
    after = target.call(GET, path={"id": id})
    is_unchanged = after.status == 200 and after.member("status") == before.member("status")
    if earlier.json == before.json:  # it does not change without this run
        is_unchanged = is_unchanged and after.member("updated_at") == before.member("updated_at")
    judge.expect("isolation.delete", is_unchanged, "the account to stay as it was", before, exchange, after)
