"""The journal: a world's recent requests, and the rules that refused them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from heapq import merge
from itertools import chain, takewhile
from typing import Any, NamedTuple

from postfuze_fixtures.suggestions import did_you_mean
from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.control.paging import number_after, page
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.journal import journal_view, searching
from postfuze_mock.worlds.journal.journal import Entry
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

DROPPED = "dropped"
REFUSED = "refused"


class Recorded(NamedTuple):
    """An entry of the journal of `world`, and its number there."""

    world: World | Unbuilt
    number: int
    entry: Entry

    @property
    def finished(self) -> int:
        """When it was recorded, in nanoseconds, which differs from that of all other entries."""
        return int(self.entry.finished * 1e9)

    @property
    def id(self) -> str:
        return journal_view.entry_id(self.world, self.number)


def list_requests(
    worlds: Worlds,
    world: World,
    limit: int,
    all: bool,
    operation: str | None = None,
    status: str | None = None,
    since: str | None = None,
    q: str = "",
    bodies: bool = True,
    cursor: str | None = None,
) -> bytes:
    """A page of the matching requests, of `world` or of all worlds; with `q`, those that show this text. Raises a 400
    problem for an unknown operation."""
    if operation is not None and operation not in spec.operations():
        raise _unknown_operation(operation)
    listing = "requests of all worlds" if all else "requests"
    before = number_after(world, listing, cursor)
    journals = [*worlds, *worlds.unbuilt()] if all else [world]
    newest_first = merge(*map(_newest_first, journals), key=lambda each: each.finished, reverse=True)
    matches = [
        each
        for each in _since(since, newest_first)
        if operation in (None, each.entry.operation) and _has_status(each.entry, status)
    ]
    reason_of = cache(reasons)

    def document(each: Recorded, bodies: bool = True, headers: bool = True) -> dict[str, Any]:
        return journal_view.to_dict(worlds, *each, reason_of(each.world), bodies=bodies, headers=headers)

    def explained(each: Recorded) -> dict[str, Any]:
        return journal_view.explained(worlds, each.world, each.entry, reason_of(each.world))

    if q:
        calls = ((each, each.entry) for each in matches[: searching.MAX_CALLS])
        matches = list(searching.found(calls, q.lower(), explained, partial(document, headers=False)))
    return page(
        world,
        listing,
        ((each.finished, each) for each in matches if before is None or each.finished < before),
        lambda each: {**_named(each.world, all), **document(each, bodies)},
        limit,
        total=len(matches),
        oldest_first=True,
    )


def get_request(worlds: Worlds, world: World, id: str, all: bool) -> dict[str, Any]:
    """The request of `world`, or of any. Raises a 404 problem if no journal has it."""
    journals = [*worlds, *worlds.unbuilt()] if all else [world]
    for each in chain.from_iterable(map(_newest_first, journals)):
        if each.id == id.lower():
            return {**_named(each.world, all), **journal_view.to_dict(worlds, *each, reasons(each.world))}
    detail = f"The journal of this world has no request {id}: it has the last {world.journal.settings.size}."
    raise Problem(404, detail, rule="requests.unknown", code="not_found")


def _named(world: World | Unbuilt, all: bool) -> dict[str, str]:
    """The name of the world, where the requests of `all` are listed."""
    return {"world": masked(world.name)} if all else {}


def delete_requests(world: World) -> None:
    world.journal.clear()


def get_journal_settings(world: World) -> dict[str, Any]:
    return world.journal.settings._asdict()


def put_journal_settings(world: World, body: dict[str, Any]) -> dict[str, Any]:
    world.journal.change(**body)
    return get_journal_settings(world)


def reasons(world: World | Unbuilt) -> Callable[[str], dict[str, Any]]:
    """A function that returns what the journal of `world` says about a rule: a statement, a rule of the mock, or an
    assumption, with what the world decides there and how it could decide otherwise."""
    choices = world.choices.by_id()
    texts, options = _texts(), _options()

    def reason(rule: str) -> dict[str, Any]:
        choice = choices.get(rule, "")
        detail = texts.get((rule, choice), "") or texts[rule, ""]
        return {
            "rule": rule,
            "detail": detail,
            "alternatives": [each for each in options.get(rule, ()) if each != choice],
        }

    return reason


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


@cache
def _options() -> dict[str, list[str]]:
    """The decisions of each assumption that the mock can play."""
    return {
        each["id"]: [each["choice"], *(other["id"] for other in each["alternatives"] if other.get("played", True))]
        for each in spec.load()["x-assumptions"]
    }


def _has_status(entry: Entry, status: str | None) -> bool:
    if status is None:
        return True
    if status == REFUSED:
        return entry.status is None or entry.status >= 400
    if status == DROPPED or entry.status is None:
        return status == DROPPED and entry.status is None
    text = str(entry.status)
    return status[0] == text[0] if status[1:].upper() == "XX" else status == text


def _newest_first(world: World | Unbuilt) -> Iterator[Recorded]:
    return (Recorded(world, number, entry) for number, entry in reversed(world.journal.entries()))


def _since(id: str | None, entries: Iterable[Recorded]) -> Iterable[Recorded]:
    """Those of `entries` that are newer than the entry `id`; all if it is no longer stored."""
    return entries if id is None else takewhile(lambda each: each.id != id.lower(), entries)


def _unknown_operation(name: str) -> Problem:
    message = f"must be one of {', '.join(spec.operations())}"
    errors = [{"in": "query", "name": "operation", "message": message}]
    detail = f"operation {message}{did_you_mean(name, spec.operations()) or '.'}"
    return Problem(400, detail, rule="errors.validation", code="validation_failed", errors=errors)
