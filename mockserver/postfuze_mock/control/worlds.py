"""One world as a whole (reset, state, clock), and all worlds of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

from postfuze_fixtures import world_file
from postfuze_fixtures.timestamps import parse_iso
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock import __version__
from postfuze_mock.control.paging import number_after, page
from postfuze_mock.control.process import resident_memory
from postfuze_mock.domain.choices import ChoiceError, Choices
from postfuze_mock.domain.clock import Setting
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import refused
from postfuze_mock.spec import pointer
from postfuze_mock.worlds import bounds
from postfuze_mock.worlds.first_world import first_name, key_of, unmade
from postfuze_mock.worlds.overview import overview, source
from postfuze_mock.worlds.persistence import world_state
from postfuze_mock.worlds.persistence.world_state import Requests
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.upcoming import upcoming
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import World


def get_mock_health(worlds: Worlds, connections: Callable[[], int | None], _world: None) -> dict[str, Any]:
    latency, pool = worlds.engine.latency(), worlds.engine.pool
    return {
        "status": "ok",
        "version": __version__,
        "state": worlds.engine.name,
        "latency_ms": None if latency is None else round(latency * 1000, 3),
        "pool": None if pool is None else pool._asdict(),
        "workers": worlds.processes,
        "worlds": len(worlds),
        "known_worlds": worlds.known,
        "seed": worlds.origins.seed,
        "memory": resident_memory(),
        "connections": connections(),
    }


def list_worlds(worlds: Worlds, world: World, limit: int, first: bool, q: str = "", cursor: str | None = None) -> bytes:
    """A page of the worlds whose name contains `q`, or of the `first` alone. Those that are not made yet come last, as
    if made next."""
    before = number_after(world, "worlds", cursor)
    made = worlds.numbered()
    numbers = count(max(made, default=0) + 1)
    all_of_them = {**made, **{next(numbers): name for name in unmade(worlds)}}
    matches = {number: name for number, name in all_of_them.items() if q.casefold() in masked(name).casefold()}
    if first:
        matches = {number: name for number, name in matches.items() if name == first_name(worlds)}
    newest_first = ((each, matches[each]) for each in sorted(matches, reverse=True) if before is None or each < before)
    summary = partial(_summary, worlds)
    return page(world, "worlds", newest_first, summary, limit, total=len(matches), oldest_first=True)


def get_world(worlds: Worlds, world: World, requests_since: int) -> dict[str, Any]:
    return overview(worlds, world, requests_since)


def reset_world(worlds: Worlds, world: World, all: bool, body: dict[str, Any] | None) -> None:
    """Reset the world to how the server started it, or rebuild it as the body says."""
    options = dict(body or {})
    keep_world = options.pop("keep_world", False)
    if keep_world and options:
        other = next(iter(options))
        raise refused("/keep_world", f"stands alone, because it keeps what an earlier reset chose; leave out {other}")
    file = _file(worlds, options["world"]) if "world" in options else None
    assume = options.get("assume", {})
    _check_assume(assume, "/assume")
    clock = _clock(options["clock"]) if "clock" in options else None
    changed = list(worlds) if all else [world]
    if all:  # after the worlds, which others lock before their inboxes
        worlds.clear_early_journals()
        worlds.context.inboxes.clear_all()
    for each in changed:
        if options:
            worlds.rebuild(each, file, options.get("seed"), assume, clock)
        else:
            worlds.reset(each, keep_world=keep_world)


def get_state(world: World) -> dict[str, Any]:
    return world_state.to_dict(world)


def put_state(world: World, body: dict[str, Any], requests: Requests) -> None:
    world_state.restore(world, body, requests)


def get_clock(world: World) -> dict[str, Any]:
    return {"now": world.now(), "frozen": world.clock.frozen}


def put_clock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    now = parse_iso(body["now"]) if "now" in body else None
    return _move_clock(world, lambda: world.clock.set(now, body.get("frozen")), "/now")


def advance_clock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return _move_clock(world, lambda: world.clock.advance(body["seconds"]), "/seconds")


def list_upcoming(world: World) -> dict[str, Any]:
    return {"data": upcoming(world)}


def _move_clock(world: World, move: Callable[[], None], pointer: str) -> dict[str, Any]:
    try:
        move()
    except ValueError as error:  # outside the range of timestamps
        raise refused(pointer, str(error)) from error
    world.signal_due()
    return get_clock(world)


def _file(worlds: Worlds, source: str | dict[str, Any]) -> WorldFile:
    try:
        file = world_file.load_shipped(source) if isinstance(source, str) else world_file.from_document(source)
        _check_assume(file.assume, "/world/assume")
        webhooks.check(file, worlds.context)
        bounds.check(file, worlds.context.max_accounts)
    except ValueError as error:
        place = f"/world{getattr(error, 'pointer', None) or ''}"
        raise refused(place, getattr(error, "reason", None) or str(error)) from error
    return file


def _clock(text: str) -> Setting:
    try:
        return Setting.parse(text)
    except ValueError as error:
        raise refused("/clock", str(error)) from error


def _check_assume(assume: Mapping[str, str | int], at: str) -> None:
    """Raises a 400 problem below `at` for an unknown assumption or alternative."""
    try:
        Choices.with_overrides(assume)
    except ChoiceError as error:
        raise refused(at + pointer([error.id]), str(error)) from error


def _summary(worlds: Worlds, name: str) -> dict[str, Any]:
    world, file = worlds.existing(name), worlds.origins.file(name)
    return {
        "name": masked(name),
        "key": key_of(worlds, name),
        "made": world is not None,
        "accounts": file.size if world is None else world.store.count(),
        "sessions": len(file.sessions) if world is None else world.store.session_count(),
        "source": source(file) if world is None else source(world.origin.file, restored=world.is_restored),
    }
