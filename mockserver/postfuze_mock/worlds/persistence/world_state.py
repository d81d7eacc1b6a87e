"""A world as one JSON document, and back."""

from __future__ import annotations

from typing import Any

import orjson

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.clock import Clock
from postfuze_mock.problems import refused
from postfuze_mock.records import ACCOUNT_FIELDS, Row, Session, encode
from postfuze_mock.worlds import faults
from postfuze_mock.worlds.connect import auth_urls, sessions
from postfuze_mock.worlds.webhooks import events, webhooks
from postfuze_mock.worlds.world import Origin, World

VERSION = 1


def save(world: World) -> dict[str, Any]:
    """Everything that `world` is."""
    return {**without_accounts(world), "accounts": [account(row) for row in world.store.rows()]}


def without_accounts(world: World) -> dict[str, Any]:
    """Everything that `world` is, but for its accounts."""
    ours, usual = world.choices.by_id(), DEFAULT.by_id()
    return {
        "version": VERSION,
        "seed": world.seed,
        "start": iso(world.start),
        "clock": {"now": world.now(), "frozen": world.clock.frozen},
        "assume": {id: choice for id, choice in ours.items() if choice != usual[id]},
        "sessions": world.store.sessions(),
        "counters": world.store.counters(),
        "authorizations": world.store.log(auth_urls.LOG),
        "webhooks": [each._asdict() for each in world.webhooks],
        "events": events.listed(world),
        "faults": faults.save(world),
        "journal": world.journal.settings._asdict(),
    }


def restore(world: World, state: dict[str, Any]) -> None:
    """Make `world` what `state` says. Session tokens that other worlds hold are replaced. Raises a 400 problem, with
    nothing changed, where the document contradicts itself."""
    rows = [_row(saved) for saved in state["accounts"]]
    _refuse_twins(state["accounts"])
    _refuse_twin_tokens(state["sessions"])
    scripted = faults.read(state.get("faults", ()))
    origin = Origin(state["seed"], world.origin.file, _choices(state["assume"]))
    start = instant(state["start"], "/start")
    hooks = webhooks.read(state.get("webhooks", []), world, "/webhooks")
    clock = Clock(first=world.clock.first)
    clock.set(instant(state["clock"]["now"], "/clock/now"), state["clock"]["frozen"])
    world.become(origin, clock, start)
    world.journal.change(**state.get("journal", {}))
    world.empty()
    world.store.load(rows)
    world.store.set_counters(state["counters"])
    for session in state["sessions"]:
        sessions.keep(world, session)
    for started in state.get("authorizations", ()):
        auth_urls.keep(world, started)
    for fault in scripted:
        world.faults.add(fault)
    world.webhooks = hooks
    for event in state["events"]:
        events.keep(world, event)
    world.stir()


def account(row: Row) -> dict[str, Any]:
    """A row as it is saved; its parts go into an answer as they are."""
    return {"account": orjson.Fragment(row.json), "deleted": row.deleted, "hidden": orjson.Fragment(row.hidden)}


def _row(saved: dict[str, Any]) -> Row:
    fields = generator.normal_times(saved["account"])
    ordered = {name: fields[name] for name in ACCOUNT_FIELDS} | {"id": fields["id"].lower()}
    return encode(ordered, saved["hidden"], deleted=saved["deleted"])


def _refuse_twins(accounts: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for at, saved in enumerate(accounts):
        id = saved["account"]["id"].lower()
        if id in seen:
            raise refused(f"/accounts/{at}/account/id", f"{id} stands twice")
        seen.add(id)


def _choices(assume: dict[str, str]) -> Choices:
    try:
        return Choices.with_overrides(assume)
    except ValueError as error:
        raise refused("/assume", str(error)) from error


def instant(text: str, pointer: str) -> int:
    """An instant that a clock can stand at."""
    try:
        at = parse_iso(text)
        Clock().set(at)
    except ValueError as error:
        raise refused(pointer, str(error)) from error
    return at


def _refuse_twin_tokens(saved: list[Session]) -> None:
    tokens = [session["session_token"] for session in saved]
    for at, session in enumerate(saved):
        if session["session_token"] in tokens[:at]:
            raise refused(f"/sessions/{at}/session_token", f"{session['session_token']} stands twice")
        sessions.refuse_twins(session["pages"], f"/sessions/{at}/pages")
