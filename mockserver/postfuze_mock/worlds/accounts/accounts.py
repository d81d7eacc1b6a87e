"""A world's accounts: get, page, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postfuze_mock.domain import lifecycle
from postfuze_mock.domain.choices import shown
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row, encoded, sort_key
from postfuze_mock.worlds.world import World

_ALIAS = "networkUniqueId"
_ENDS = {"null": b'],"next_cursor":null}', "left-out": b"]}"}  # by the choice `list.end`


def get(world: World, id: str, *, unknown: str = "get.unknown", deleted: str = "get.deleted") -> Row:
    """The account's row. Raises a 404 problem, with `unknown` or `deleted` as its rule, if there is none."""
    row = world.store.get(id.lower())
    if row is None or row.deleted:
        raise missing(rule=unknown if row is None else deleted)
    return row


def missing(*, rule: str = "get.unknown") -> Problem:
    """The problem for an id that no account of this organization has."""
    return Problem(404, "No such account.", rule=rule, code="not_found")


def page(world: World, filters: Mapping[str, str], cursor: str | None, limit: int) -> bytes:
    """A page of accounts, newest first, as JSON: rows are stored encoded, so a page is a join.

    Raises a 400 problem for a cursor that this world did not sign.
    """
    after = world.cursors.read(cursor) if cursor is not None else None
    where = _where(_without_empty(world, filters))
    end = _ENDS[world.choices.list_end]
    # One row more, to see whether there is a next page.
    rows = _rows(world, where, after, limit + 1) if where is not None else []
    if len(rows) > limit:
        del rows[limit:]
        end = b'],"next_cursor":"%b"}' % world.cursors.sign(sort_key(rows[-1].account())).encode()
    if not rows:
        return b'{"data":[' + end
    parts = [row.json for row in rows] if world.choices.fields_null == "null" else [content(world, row) for row in rows]
    # The brackets are added to the first and the last part, so that the page is copied only once.
    parts[0] = b'{"data":[' + parts[0]
    parts[-1] += end
    return b",".join(parts)


def content(world: World, row: Row) -> bytes:
    """The account as an answer shows it."""
    return row.json if world.choices.fields_null == "null" else encoded(shown(row.account(), world.choices))


def _without_empty(world: World, filters: Mapping[str, str]) -> Mapping[str, str]:
    """The filters that apply. Raises a problem for an empty value if that is the choice."""
    empty = [name for name, value in filters.items() if not value]
    if not empty or world.choices.filters_empty == "empty-page":
        return filters
    if world.choices.filters_empty == "ignored":
        return {name: value for name, value in filters.items() if value}
    errors = [{"in": "query", "name": name, "message": "must not be empty"} for name in empty]
    raise Problem(
        int(world.choices.errors_validation_status),
        f"{empty[0]} must not be empty.",
        rule="filters.empty",
        code="validation_failed",
        errors=errors,
    )


def _where(filters: Mapping[str, str]) -> dict[str, str] | None:
    """The filters by field name; None if the two spellings of one filter contradict each other."""
    where = dict(filters)
    alias = where.pop(_ALIAS, None)
    if alias is not None and where.setdefault("network_unique_id", alias) != alias:
        return None
    if "id" in where:
        where["id"] = where["id"].lower()
    return where


def _rows(world: World, where: Mapping[str, str], after: str | None, limit: int) -> list[Row]:
    rows = world.store.page(where, after, limit)
    if world.choices.list_disabled == "listed":
        return rows
    visible: list[Row] = []
    while rows:
        visible += [row for row in rows if row.account()["status"] != lifecycle.DISABLED]
        if len(visible) >= limit or len(rows) < limit:
            break
        rows = world.store.page(where, sort_key(rows[-1].account()), limit)
    return visible[:limit]


def delete(world: World, id: str) -> dict[str, Any]:
    """Disconnect the account: it is disabled and no longer served. Fires `account.disconnected`.

    Raises a problem if there is no such account (choice `delete.unknown`) or it is deleted already (`delete.again`),
    unless the choice is to acknowledge that.
    """
    row = world.store.get(id.lower())
    if row is None or row.deleted:
        return _nothing_to_delete(world, id.lower(), is_deleted=row is not None)
    change = lifecycle.disconnect(row.account(), world.clock.now())
    replace(world, row, Row(encoded(change.account), row.hidden, deleted=True))
    world.fire_all(change.events, change.account)
    return {"id": change.account["id"], "deleted": True}


def _nothing_to_delete(world: World, id: str, *, is_deleted: bool) -> dict[str, Any]:
    """The acknowledgement that there was nothing to delete. Raises the problem of the choice that refuses it."""
    rule = "delete.again" if is_deleted else "delete.unknown"
    match world.choices.by_id()[rule]:
        case "200":
            return {"id": id, "deleted": is_deleted}
        case "410":
            raise Problem(410, "This account is disconnected already.", rule=rule, code="gone")
        case _:
            raise missing(rule=rule)


def restore(world: World, id: str) -> Row:
    """The account; if it was disconnected, it is served again, `active`, without an event. Raises a 404 problem for an
    unknown one."""
    row = world.store.get(id.lower())
    if row is None:
        raise missing()
    if not row.deleted:
        return row
    account = lifecycle.updated(row.account(), world.clock.now(), status=lifecycle.ACTIVE)
    return replace(world, row, Row(encoded(account), row.hidden))


def replace(world: World, row: Row, new: Row) -> Row:
    """Replace `row` by `new`. Raises a 409 problem if the row has changed in the meantime, which can only happen
    with an engine that several processes share."""
    if new != row and not world.store.compare_and_set(new.account()["id"], row, new):
        detail = "The account was changed by another call; try again."
        raise Problem(409, detail, rule="accounts.conflict", code="conflict")
    return new
