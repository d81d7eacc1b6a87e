"""The journal: a world's recent requests, and the rules that refused them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from postfuze_fixtures.suggestions import did_you_mean
from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.control.paging import number_after, page
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.journal import journal_view
from postfuze_mock.worlds.journal.journal import Entry
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

DROPPED = "dropped"
NumberedEntry = tuple[int, Entry]


def list_requests(
    worlds: Worlds,
    world: World,
    limit: int,
    operation: str | None = None,
    status: str | None = None,
    since: str | None = None,
    cursor: str | None = None,
) -> bytes:
    """A page of the matching requests. Raises a 400 problem for an unknown operation."""
    if operation is not None and operation not in spec.operations():
        raise _unknown_operation(operation)
    before = number_after(world, "requests", cursor)
    entries = world.journal.entries()
    if since is not None:
        entries = _after(world, entries, since)
    matches = (
        (number, (number, entry))
        for number, entry in reversed(entries)
        if (before is None or number < before) and operation in (None, entry.operation) and _has_status(entry, status)
    )
    rule_text = rule_texts(world)
    return page(
        world,
        "requests",
        matches,
        lambda numbered: journal_view.to_dict(worlds, world, *numbered, rule_text),
        limit,
        oldest_first=True,
    )


def delete_requests(world: World) -> None:
    world.journal.clear()


def get_journal_settings(world: World) -> dict[str, Any]:
    return world.journal.settings._asdict()


def put_journal_settings(world: World, body: dict[str, Any]) -> dict[str, Any]:
    world.journal.change(**body)
    return get_journal_settings(world)


def rule_texts(world: World) -> Callable[[str], str]:
    """A function that returns the text of a rule: a statement, a rule of the mock, or an assumption with its choice in
    `world`."""
    choices = world.choices.by_id()
    return lambda rule: _texts().get((rule, choices.get(rule, "")), "") or _texts()[rule, ""]


@cache
def _texts() -> dict[tuple[str, str], str]:
    """The texts by rule and, for an assumption, alternative (otherwise empty)."""
    document = spec.load()
    texts = {(each.id, ""): each.statement for each in spec.statements()}
    texts |= {(rule["id"], ""): rule["rule"] for rule in control_spec.read()["x-rules"]}
    for assumption in document["x-assumptions"]:
        options = [{"id": "", "description": assumption["description"]}, *assumption["alternatives"]]
        id, question = assumption["id"], assumption["question"]
        texts |= {(id, each["id"]): f"{question} {each['description']}" for each in options}
    return texts


def _has_status(entry: Entry, status: str | None) -> bool:
    if status is None:
        return True
    if status == DROPPED or entry.status is None:
        return status == DROPPED and entry.status is None
    text = str(entry.status)
    return status[0] == text[0] if status[1:].upper() == "XX" else status == text


def _after(world: World, entries: list[NumberedEntry], id: str) -> list[NumberedEntry]:
    """The entries after the entry `id`; all entries if it is no longer stored."""
    ids = [journal_view.entry_id(world, number) for number, _ in entries]
    return entries[ids.index(id.lower()) + 1 :] if id.lower() in ids else entries


def _unknown_operation(name: str) -> Problem:
    message = f"must be one of {', '.join(spec.operations())}"
    errors = [{"in": "query", "name": "operation", "message": message}]
    detail = f"operation {message}{did_you_mean(name, spec.operations()) or '.'}"
    return Problem(400, detail, rule="errors.validation", code="validation_failed", errors=errors)
