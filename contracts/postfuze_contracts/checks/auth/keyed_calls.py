"""Calls of every operation that needs a key, and the refusal that they must get without a valid one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postfuze_contracts.checks.list.walks import NOT_NOW
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import CREATE_AUTH_URL, DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.model.options import Access, Secret
from postfuze_contracts.target.target import Target

DETAIL = "Invalid or expired API key."

Call = tuple[str, Mapping[str, Any]]


def keyed_calls(target: Target) -> Iterator[Call]:
    """Calls of each operation that needs a key and that the target has. Those that could change something are for ids
    that do not exist."""
    yield from (call for call in _calls(target) if target.deployed(call[0]))


def _calls(target: Target) -> Iterator[Call]:
    page = target.call(LIST, query={"limit": "1"})
    yield LIST, {}
    for id in [account["id"] for account in survey.rows(page)] + [MISSING_ID]:
        yield from ((operation, {"path": {"id": id}}) for operation in (GET, METRICS))
        yield METRICS, {"path": {"id": id}, "query": {"since": "0"}}
        yield LIST, {"query": {"id": id}}
    if (cursor := survey.following(page)) is not None:
        yield LIST, {"query": {"limit": "1", "cursor": cursor}}
    yield HEALTH, {"path": {"id": MISSING_ID}}
    yield DELETE, {"path": {"id": MISSING_ID}}
    if target.options.access >= Access.FULL:
        yield CREATE_AUTH_URL, {"path": {"platform": "x"}, "body": {}}


def expect_refused(target: Target, judge: Judge, statement: str, exchange: Exchange) -> None:
    """Judge that a call without a valid key is refused as documented. What is answered counts without repetition."""
    require(exchange.status not in NOT_NOW, needs.unexpected(f"a call answered {exchange.status}"))
    holds = exchange.status == 401 and exchange.member("detail") == DETAIL
    if exchange.status == 401 and not _has_detail(exchange) and not _has_detail(_refused_otherwise(target, statement)):
        holds = True  # no 401 has a detail: errors.problem-document covers that
    judge.expect(statement, holds, f'401, "{DETAIL}"', exchange, once=exchange.status < 300)


def _has_detail(exchange: Exchange) -> bool:
    """Whether the response is a problem document with a `detail` that is a string or null."""
    return isinstance(exchange.json, dict) and isinstance(exchange.json.get("detail", 0), str | None)


def _refused_otherwise(target: Target, statement: str) -> Exchange:
    """A list call that is refused for a reason other than `statement`."""
    headers = {"Authorization": "Bearer xyz"} if statement == "auth.missing" else {}
    return target.call(LIST, key=None, headers=headers)


def key_of(target: Target, name: str) -> Secret | None:
    """The key of this name, if one was given."""
    key = getattr(target.options.keys, name)
    return key if isinstance(key, Secret) else None
