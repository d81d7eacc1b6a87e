"""Ways to make the mock's store look up rows differently."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.family.mock import Mock

from postfuze_mock.records import Account, Row
from postfuze_mock.state.memory.store import MemoryStore

Where = Mapping[str, str]
Matches = Callable[[Account, Where], bool]
Page = Callable[[MemoryStore, Where, str | None, int], list[Row]]

stored_page: Page = MemoryStore.page  # the original, before a variant replaces it


def everything(store: MemoryStore, after: str | None = None) -> list[Row]:
    """All rows that a list shows, newest first."""
    return stored_page(store, {}, after, sys.maxsize)


def equal(account: Account, where: Where) -> bool:
    """Whether an account matches the filters as documented."""
    return all(account[name] == value for name, value in where.items())


def matching(mock: Mock, matches: Matches) -> None:
    """Replace the store's filtering by `matches`."""

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        return [row for row in everything(store, after) if matches(row.account(), where)][:limit]

    mock.replace(MemoryStore, "page", page)


def filtering(mock: Mock, field: str, matches: Callable[[Any, str], bool]) -> None:
    """Filter by `field` with `matches` instead of equality."""

    def both(account: Account, where: Where) -> bool:
        rest = {name: value for name, value in where.items() if name != field}
        return equal(account, rest) and (field not in where or matches(account[field], where[field]))

    matching(mock, both)
