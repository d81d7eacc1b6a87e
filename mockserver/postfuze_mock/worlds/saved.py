"""A world as one JSON document, and back."""

from __future__ import annotations

from typing import Any

import orjson

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.clock import Clock
from postfuze_mock.problems import Problem
from postfuze_mock.records import ACCOUNT_FIELDS, Row, encode
from postfuze_mock.worlds import sessions
from postfuze_mock.worlds.world import Origin, World

VERSION = 1


def save(world: World) -> dict[str, Any]:
    """Everything that `world` is."""
    ours, usual = world.choices.by_id(), DEFAULT.by_id()
    return {
        "version": VERSION,
        "seed": world.seed,
        "start": iso(world.start),
        "clock": {"now": world.now(), "frozen": world.clock.frozen},
        "assume": {id: choice for id, choice in ours.items() if choice != usual[id]},
        "accounts": [_saved(row) for row in world.store.rows()],
        "sessions": world.store.sessions(),
        "counters": world.store.counters(),
        "events": world.store.log("events"),
    }


def restore(world: World, state: dict[str, Any]) -> None:
    """Make `world` what `state` says. Session tokens that other worlds hold are replaced. Raises a 400 problem, with
    nothing changed, where the document contradicts itself."""
    rows = [
        encode(_ordered(saved["account"]), saved["hidden"], deleted=saved["deleted"]) for saved in state["accounts"]
    ]
    _refuse_twins(state)
    choices = Choices.with_overrides(state["assume"])
    clock = Clock(first=world.clock.first)
    clock.set(parse_iso(state["clock"]["now"]), state["clock"]["frozen"])
    world.begin(Origin(state["seed"], world.origin.file, choices), clock, parse_iso(state["start"]))
    world.server.tokens.release(world.name)
    world.store.clear()
    world.store.load(rows)
    world.store.set_counters(state["counters"])
    for session in state["sessions"]:
        sessions.keep(world, session)
    for event in state["events"]:
        world.store.append("events", event)


def _saved(row: Row) -> dict[str, Any]:
    return {"account": orjson.loads(row.json), "deleted": row.deleted, "hidden": row.unseen()}


def _ordered(account: dict[str, Any]) -> dict[str, Any]:
    return {name: account[name] for name in ACCOUNT_FIELDS}


def _refuse_twins(state: dict[str, Any]) -> None:
    ids = [saved["account"]["id"] for saved in state["accounts"]]
    twins = sorted({id for id in ids if ids.count(id) > 1}) if len(set(ids)) < len(ids) else []
    if twins:
        raise Problem(400, f"The state names accounts twice: {', '.join(twins)}.", code="validation_failed")
