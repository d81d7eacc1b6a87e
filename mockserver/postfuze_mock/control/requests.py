"""The journal: which requests a world got, and what became of them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from postfuze_mock import spec
from postfuze_mock.control import rules
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.journal import journal_view
from postfuze_mock.worlds.journal.journal import Entry
from postfuze_mock.worlds.world import World

DROPPED = "dropped"
Numbered = tuple[int, Entry]


def list_requests(
    world: World, limit: int, operation: str | None = None, status: str | None = None, since: str | None = None
) -> dict[str, Any]:
    """The newest `limit` that match, the newest last. Raises a 400 problem for an operation that there is none of."""
    if operation is not None and operation not in spec.operations():
        raise _no_operation(operation)
    kept = world.journal.entries()
    if since is not None:
        kept = _after(world, kept, since)
    found = [each for each in kept if operation in (None, each[1].operation) and _has_status(each[1], status)]
    rule_text = rules.text_in(world)
    return {"data": [journal_view.shown(world, number, entry, rule_text) for number, entry in found[-limit:]]}


def delete_requests(world: World) -> None:
    world.journal.clear()


def get_journal_settings(world: World) -> dict[str, Any]:
    return world.journal.settings._asdict()


def put_journal_settings(world: World, body: dict[str, Any]) -> dict[str, Any]:
    world.journal.change(**body)
    return get_journal_settings(world)


def _has_status(entry: Entry, wanted: str | None) -> bool:
    if wanted is None:
        return True
    if wanted == DROPPED or entry.status is None:
        return wanted == DROPPED and entry.status is None
    text = str(entry.status)
    return wanted[0] == text[0] if wanted[1:].upper() == "XX" else wanted == text


def _after(world: World, kept: list[Numbered], id: str) -> list[Numbered]:
    """Those behind the entry `id`; all, where it is not kept any more."""
    ids = [journal_view.entry_id(world, number) for number, _ in kept]
    return kept[ids.index(id.lower()) + 1 :] if id.lower() in ids else kept


def _no_operation(name: str) -> Problem:
    nearest = get_close_matches(name, spec.operations(), n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else "."
    message = f"must be one of {', '.join(spec.operations())}"
    errors = [{"in": "query", "name": "operation", "message": message}]
    return Problem(400, f"operation {message}{hint}", rule="errors.validation", code="validation_failed", errors=errors)
