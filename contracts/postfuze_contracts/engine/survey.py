"""Lists the accounts of the target, and selects various ones among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postfuze_contracts.engine.judge import require
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.target.target import Target
from postfuze_mock import spec

Account = dict[str, Any]

#: From openapi.yaml: the fields of an account with their schemas, and the platforms.
FIELDS: dict[str, dict[str, Any]] = spec.load()["components"]["schemas"]["SocialAccount"]["properties"]
NULLABLE: tuple[str, ...] = tuple(name for name, schema in FIELDS.items() if schema.get("nullable"))
PLATFORMS: tuple[str, ...] = tuple(spec.load()["components"]["schemas"]["Platform"]["enum"])

NOT_NOW = (429, 503)

_MAX_PAGES = {"quick": 5, "ci": 15, "deep": 60}  # of a hundred accounts, at most


def walk(
    target: Target, query: Mapping[str, str] | None = None, *, key: str = "full", pages: int = 1000
) -> list[Exchange]:
    """The pages of a list. Ends early at a response that is not a page, or at a repeated cursor."""
    exchanges: list[Exchange] = []
    cursors: set[str] = set()
    cursor: str | None = None
    while len(exchanges) < pages:
        parameters = {**(query or {}), **({"cursor": cursor} if cursor is not None else {})}
        exchanges.append(target.call(LIST, query=parameters, key=key))
        cursor = following(exchanges[-1])
        if cursor is None or cursor in cursors:
            break
        cursors.add(cursor)
    return exchanges


def page(target: Target, query: Mapping[str, str], *, key: str = "full") -> Exchange:
    """A page of the list. Raises Blocked for a 429 or 503 that remains after waiting, because that is no empty list."""
    exchange = target.call(LIST, query=query, key=key)
    require(exchange.status not in NOT_NOW, needs.unexpected(f"the list answered {exchange.status}"))
    return exchange


def following(page: Exchange) -> str | None:
    """The cursor of the next page, or None. An empty string is no cursor."""
    cursor = page.member("next_cursor")
    return cursor if page.status == 200 and isinstance(cursor, str) and cursor else None


def rows(*exchanges: Exchange) -> list[Account]:
    """The accounts of pages, in order, without those that have no id."""
    return [row for page in exchanges for row in page.objects("data") if isinstance(row.get("id"), str)]


def accounts(target: Target, at_least: int = 1) -> list[Account]:
    """The organization's accounts, newest first, as many as the profile allows. Raises Blocked if there are fewer than
    `at_least`."""
    pages = walk(target, {"limit": "100"}, pages=_MAX_PAGES[target.options.profile])
    require(pages[0].status == 200, needs.unexpected(f"the list answered {pages[0].status}"))
    distinct = [*{row["id"]: row for row in rows(*pages)}.values()]
    require(len(distinct) >= at_least, needs.accounts(at_least))
    return distinct


def spread(candidates: list[Account], maximum: int) -> Iterator[Account]:
    """Up to `maximum` of the candidates, as different in platform and status as possible."""
    groups: dict[tuple[str, str], list[Account]] = {}
    for account in candidates:
        groups.setdefault((str(account.get("platform")), str(account.get("status"))), []).append(account)
    states = {kind[1]: kind for kind in reversed(groups)}.values()
    platforms = {kind[0]: kind for kind in reversed(groups)}.values()
    order = dict.fromkeys([*states, *platforms, *groups])
    count = 0
    while groups and count < maximum:
        for kind in [kind for kind in order if kind in groups]:
            yield groups[kind].pop(0)
            count += 1
            if not groups[kind]:
                del groups[kind]
            if count == maximum:
                return
