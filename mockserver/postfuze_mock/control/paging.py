"""Pages of the control API's lists, bounded in entries and in size.

A cursor holds the key of the last entry of its page, not a count, so it stays right while entries come and go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import orjson

from postfuze_mock.problems import Problem
from postfuze_mock.worlds.world import World

Entry = TypeVar("Entry")

#: A page ends with the entry that takes it to this size, in bytes: a session or an account may be large.
MAX_SIZE: Final = 1 << 20


def after(world: World, listing: str, cursor: str | None) -> str | None:
    """The key that the page of `cursor` begins after; None for the first page. Raises a 400 problem for a cursor that
    is not from the list `listing` of this world."""
    if cursor is None:
        return None
    try:
        return world.cursors.of(listing).read(cursor)
    except Problem as problem:
        message = "must be the next_cursor of a page of this list"
        errors = [{"in": "query", "name": "cursor", "message": message}]
        raise Problem(
            400, f"cursor {message}.", rule="errors.validation", code="validation_failed", errors=errors
        ) from problem


def number_after(world: World, listing: str, cursor: str | None) -> int | None:
    """As `after`, for a list whose keys are numbers."""
    key = after(world, listing, cursor)
    return None if key is None else int(key)


def page(
    world: World,
    listing: str,
    entries: Iterable[tuple[str | int, Entry]],
    document: Callable[[Entry], Any],
    limit: int,
    *,
    total: int | None,
    oldest_first: bool = False,
) -> bytes:
    """The page with the first of `entries`, which come with their keys: `limit` of them, or fewer if they are large.
    `total` is the number of entries on all pages, if it is known.

    Only entries of the page are made a `document`. With `oldest_first`, `entries` are the newest first, and the page
    turns them around: the first page has the newest, `next_cursor` leads to older ones.
    """
    parts: list[bytes] = []
    size, last, next_cursor = 0, "", b"null"
    for key, entry in entries:
        if len(parts) == limit or size >= MAX_SIZE:
            next_cursor = orjson.dumps(world.cursors.of(listing).sign(last))
            break
        parts.append(orjson.dumps(document(entry)))
        size, last = size + len(parts[-1]), str(key)
    if oldest_first:
        parts.reverse()
    return b'{"data":[%b],"next_cursor":%b,"total":%b}' % (b",".join(parts), next_cursor, orjson.dumps(total))
