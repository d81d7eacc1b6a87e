"""Accounts and pending sessions, created and changed without the limits of the API."""

from __future__ import annotations

from functools import partial
from typing import Any

from postfuze_mock.control.paging import after, number_after, page
from postfuze_mock.worlds.accounts import accounts, answers, editing, searching
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.world import World


def search_accounts(world: World, limit: int, deleted: bool, cursor: str | None = None, **filters: str) -> bytes:
    rows = searching.search(world, after=after(world, "accounts", cursor), deleted=deleted, **filters)
    total = searching.total(world, deleted=deleted, **filters)
    return page(world, "accounts", rows, partial(searching.to_dict, world), limit, total=total)


def get_account(world: World, id: str) -> dict[str, Any]:
    return searching.account(world, id)


def create_account(world: World, body: dict[str, Any]) -> bytes:
    return editing.create_account(world, body).json


def patch_account(world: World, id: str, body: dict[str, Any]) -> bytes:
    return editing.patch_account(world, id, body).json


def delete_account(world: World, id: str) -> dict[str, Any]:
    return accounts.delete(world, id)


def restore_account(world: World, id: str) -> bytes:
    return accounts.restore(world, id).json


def get_account_answers(world: World, id: str) -> dict[str, Any]:
    return {"data": answers.answers(world, id)}


def list_snapshots(world: World, id: str, limit: int, cursor: str | None = None) -> bytes:
    listing = f"snapshots of {id.lower()}"
    snapshots = searching.stored_snapshots(world, id, number_after(world, listing, cursor))
    total = searching.snapshot_count(world, id)
    return page(world, listing, snapshots, dict, limit, total=total, oldest_first=True)


def create_snapshots(world: World, id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"data": editing.store_snapshots(world, id, body["snapshots"])}


def create_session(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return sessions.to_dict(sessions.mint(world, body, world.clock.now()))


def list_sessions(world: World, limit: int, cursor: str | None = None) -> bytes:
    newest_first = world.store.sessions_before(number_after(world, "sessions", cursor))
    total = world.store.session_count()
    return page(world, "sessions", newest_first, sessions.to_dict, limit, total=total, oldest_first=True)
