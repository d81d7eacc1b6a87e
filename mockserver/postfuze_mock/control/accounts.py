"""Accounts and pending sessions, created and changed without the limits of the API."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.accounts import accounts, editing, searching
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.world import World


def search_accounts(world: World, limit: int, deleted: bool, **filters: str) -> dict[str, Any]:
    return {"data": searching.search(world, limit=limit, deleted=deleted, **filters)}


def get_account(world: World, id: str) -> dict[str, Any]:
    return searching.account(world, id)


def create_account(world: World, body: dict[str, Any]) -> bytes:
    return editing.create_account(world, body).json


def patch_account(world: World, id: str, body: dict[str, Any]) -> bytes:
    return editing.patch_account(world, id, body).json


def delete_account(world: World, id: str) -> dict[str, Any]:
    return accounts.delete(world, id)


def list_snapshots(world: World, id: str, limit: int) -> dict[str, Any]:
    return {"data": searching.stored_snapshots(world, id, limit)}


def create_snapshots(world: World, id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"data": editing.store_snapshots(world, id, body["snapshots"])}


def create_session(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return sessions.to_dict(sessions.mint(world, body, world.clock.now()))


def list_sessions(world: World) -> dict[str, Any]:
    return {"data": [sessions.to_dict(session) for session in world.store.sessions()]}
