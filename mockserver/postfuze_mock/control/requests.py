"""The journal: a world's recent requests, and the rules that refused them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import chain, islice
from typing import Any, Final

from postfuze_fixtures.suggestions import did_you_mean
from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.control.paging import number_after, page
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import Problem
from postfuze_mock.state.calls import ANY, Place, Wanted
from postfuze_mock.worlds.journal import journal_view, searching
from postfuze_mock.worlds.journal.journal import Entry, Reader
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

DROPPED: Final = "dropped"
REFUSED: Final = "refused"
_BATCH: Final = 100  # requests that are searched at once

Recorded = tuple[Place, Entry]


class _Requests:
    """The requests in the journal of `world`, or of all of `worlds`, as documents. Each world is looked up once."""

    def __init__(self, worlds: Worlds, world: World, all: bool) -> None:
        self.all = all
        self.reader: Reader = worlds.all_requests() if all else world.journal
        self._worlds = worlds
        self._owners: dict[str, World | Unbuilt] = {} if all else {world.name: world}
        self._reason_of = cache(reasons)

    def owner(self, place: Place) -> World | Unbuilt:
        """The world of a request."""
        if place.world not in self._owners:
            self._owners[place.world] = self._worlds.owner(place.world)
        return self._owners[place.world]

    def find(self, id: str) -> Place | None:
        """Where the request `id` is, if it is stored."""
        places = self.reader.places()
        return next(
            (each for each in places if journal_view.entry_id(self.owner(each), each.number) == id.lower()), None
        )

    def document(self, recorded: Recorded, bodies: bool = True, headers: bool = True) -> dict[str, Any]:
        """A request, with the name of its world where those of all worlds are listed."""
        place, entry = recorded
        world = self.owner(place)
        named = {"world": masked(world.name)} if self.all else {}
        reason = self._reason_of(world)
        shown = journal_view.to_dict(self._worlds, world, place.number, entry, reason, bodies=bodies, headers=headers)
        return {**named, **shown}

    def search(self, wanted: Wanted, text: str) -> list[Recorded]:
        """Those of the wanted requests that show `text`, the newest first."""
        places = self.reader.places(wanted)
        batches = iter(lambda: list(islice(places, _BATCH)), [])
        newest_first = islice(chain.from_iterable(map(self.reader.entries, batches)), searching.MAX_CALLS)
        calls = ((each, each[1]) for each in newest_first)
        return list(searching.found(calls, text.lower(), self._explained, partial(self.document, headers=False)))

    def _explained(self, recorded: Recorded) -> dict[str, Any]:
        place, entry = recorded
        world = self.owner(place)
        return journal_view.explained(self._worlds, world, entry, self._reason_of(world))


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
    requests = _Requests(worlds, world, all)
    last = None if since is None else requests.find(since)
    wanted = _with_status(status)._replace(operation=operation, after=None if last is None else last.finished)
    if q:
        found = requests.search(wanted, q)
        total, matches = len(found), [each for each in found if before is None or each[0].finished < before]
    else:
        total = requests.reader.total(wanted)
        matches = requests.reader.entries([*islice(requests.reader.places(wanted._replace(before=before)), limit + 1)])
    return page(
        world,
        listing,
        ((each[0].finished, each) for each in matches),
        partial(requests.document, bodies=bodies),
        limit,
        total=total,
        oldest_first=True,
    )


def get_request(worlds: Worlds, world: World, id: str, all: bool) -> dict[str, Any]:
    """The request of `world`, or of any. Raises a 404 problem if no journal has it."""
    requests = _Requests(worlds, world, all)
    place = requests.find(id)
    if place is not None:
        return requests.document(requests.reader.entries([place])[0])
    detail = f"The journal of this world has no request {id}: it has the last {world.journal.settings.size}."
    raise Problem(404, detail, rule="requests.unknown", code="not_found")


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


def _with_status(status: str | None) -> Wanted:
    """The calls with a status, in the words of control/openapi.yaml; all if it is None."""
    if status is None:
        return ANY
    if status == DROPPED:
        return Wanted(lowest=1, highest=0)
    if status == REFUSED:
        return Wanted(lowest=400)
    lowest = int(status[0]) * 100
    lowest, highest = (lowest, lowest + 99) if status[1:].upper() == "XX" else (int(status), int(status))
    return Wanted(lowest=lowest, highest=highest, dropped=False)


def _unknown_operation(name: str) -> Problem:
    message = f"must be one of {', '.join(spec.operations())}"
    errors = [{"in": "query", "name": "operation", "message": message}]
    detail = f"operation {message}{did_you_mean(name, spec.operations()) or '.'}"
    return Problem(400, detail, rule="errors.validation", code="validation_failed", errors=errors)
