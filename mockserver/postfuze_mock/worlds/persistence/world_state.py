"""A world as one JSON document, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

import orjson

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import Clock
from postfuze_mock.problems import refused
from postfuze_mock.records import ACCOUNT_FIELDS, Row, Session, encode
from postfuze_mock.worlds import bounds, faults
from postfuze_mock.worlds.connect import auth_urls, sessions
from postfuze_mock.worlds.webhooks import events, webhooks
from postfuze_mock.worlds.world import Origin, World

VERSION = 1

#: What happens to the requests in the journal, which are in no saved state.
Requests = Literal["remove", "keep", "restore"]


def to_dict(world: World) -> dict[str, Any]:
    """The whole of `world`."""
    return {**without_accounts(world), "accounts": [account(row) for row in world.store.rows()]}


def without_accounts(world: World) -> dict[str, Any]:
    """The whole of `world`, except its accounts."""
    return {
        "version": VERSION,
        "seed": world.seed,
        "start": iso(world.start),
        "clock": {"now": world.now(), "frozen": world.clock.frozen},
        "assume": world.choices.overrides(),
        "sessions": world.store.sessions(),
        "counters": world.store.counters(),
        "authorizations": auth_urls.to_list(world),
        "webhooks": [each._asdict() for each in world.webhooks],
        "events": events.to_list(world),
        "faults": faults.to_list(world),
        "journal": world.journal.settings._asdict(),
    }


def restore(world: World, state: dict[str, Any], requests: Requests = "remove") -> None:
    """Replace the state of `world` by `state`. Session tokens that other worlds hold are replaced. Raises a 400
    problem, with nothing changed, if the document contradicts itself."""
    bounds.check_count(len(state["accounts"]), world.context.max_accounts)
    rows = [_row(entry) for entry in state["accounts"]]
    _refuse_repeated_ids(state["accounts"])
    _refuse_repeated_tokens(state["sessions"])
    fault_list = faults.read(state.get("faults", ()))
    start = instant(state["start"], "/start")
    choices, clock = _choices(state["assume"]), Clock(first=world.origin.clock)
    origin = Origin(state["seed"], world.origin.file, choices, start, world.origin.clock)
    hooks = webhooks.read(state.get("webhooks", []), world, "/webhooks")
    _resume(clock, state["clock"])
    world.empty_inboxes()
    if requests == "restore":
        world.journal.put_back()
    world.journal = world.journal.anew()
    world.clear(origin, clock)
    world.journal.change(**state.get("journal", {}))
    if requests != "remove":
        world.journal.put_back()
    world.store.load(rows)
    world.store.set_counters(state["counters"])
    for session in state["sessions"]:
        sessions.store(world, _session(session))
    auth_urls.restore(world, state.get("authorizations", []))
    for fault in fault_list:
        world.faults.add(fault)
    webhooks.use(world, hooks)
    world.empty_inboxes()
    for event in state["events"]:
        events.restore(world, {**event, "data": _members(event["data"], ACCOUNT_FIELDS)})
    world.signal_due()


def account(row: Row) -> dict[str, Any]:
    """A row for a saved state; its JSON is inserted unchanged."""
    return {"account": orjson.Fragment(row.json), "deleted": row.deleted, "hidden": orjson.Fragment(row.hidden)}


def instant(text: str, pointer: str) -> int:
    """An instant (ms) that a clock can be set to. Raises a 400 problem at `pointer` for any other."""
    try:
        at = parse_iso(text)
        Clock().set(at)
    except ValueError as error:
        raise refused(pointer, str(error)) from error
    return at


def _resume(clock: Clock, saved: dict[str, Any]) -> None:
    try:
        clock.resume(parse_iso(saved["now"]), saved["frozen"])
    except ValueError as error:
        raise refused("/clock/now", str(error)) from error


def _session(entry: dict[str, Any]) -> Session:
    account_ids = list(dict.fromkeys(id.lower() for id in entry.get("account_ids", ())))
    return cast(Session, {**_members(entry, Session.__annotations__), "account_ids": account_ids})


def _row(entry: dict[str, Any]) -> Row:
    fields = generator.normal_times(_members(entry["account"], ACCOUNT_FIELDS)) | {"id": entry["account"]["id"].lower()}
    return encode(fields, entry["hidden"], deleted=entry["deleted"])


def _members(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The members that a state keeps, in their order; schemas that the API shares leave room for more."""
    return {name: value[name] for name in names if name in value}


def _choices(assume: dict[str, str]) -> Choices:
    try:
        return Choices.with_overrides(assume)
    except ValueError as error:
        raise refused("/assume", str(error)) from error


def _refuse_repeated_ids(accounts: list[dict[str, Any]]) -> None:
    ids: set[str] = set()
    for index, entry in enumerate(accounts):
        id = entry["account"]["id"].lower()
        if id in ids:
            raise refused(f"/accounts/{index}/account/id", f"{id} appears twice")
        ids.add(id)


def _refuse_repeated_tokens(entries: list[Session]) -> None:
    tokens: set[str] = set()
    for index, session in enumerate(entries):
        token = session["session_token"]
        if token in tokens:
            raise refused(f"/sessions/{index}/session_token", f"{token} appears twice")
        tokens.add(token)
        sessions.refuse_repeated_pages(session["pages"], f"/sessions/{index}/pages")
