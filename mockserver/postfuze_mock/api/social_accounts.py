"""Connected accounts: list, retrieve, disconnect, metrics, health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postfuze_mock.worlds.accounts import accounts, inspection
from postfuze_mock.worlds.world import World


def list_social_accounts(world: World, limit: int, cursor: str | None = None, **filters: str) -> bytes:
    return accounts.page(world, filters, cursor, limit)


def get_social_account(world: World, id: str) -> bytes:
    return accounts.content(world, accounts.get(world, id))


def delete_social_account(world: World, id: str) -> dict[str, Any]:
    return accounts.delete(world, id)


def get_social_account_metrics(
    world: World,
    id: str,
    since: str | None = None,
    until: str | None = None,
    behaviour: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    if since is None and until is None:
        return inspection.current_metrics(world, id, behaviour)
    return inspection.metric_series(world, id, since, until, behaviour)


def get_social_account_health(world: World, id: str, behaviour: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return inspection.check_health(world, id, behaviour)
