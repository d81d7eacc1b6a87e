"""The worlds of a server in the memory of its process, dropped when there are too many."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final
from weakref import ref

from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.state.memory.engine import MemoryEngine
from postfuze_mock.worlds.journal.journal import Journal, Reader
from postfuze_mock.worlds.journal.memory_journal import AllMemoryJournals
from postfuze_mock.worlds.origins import Origins
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.retention import Residents, Starts
from postfuze_mock.worlds.world import Origin, World

MAX_EARLY_JOURNALS: Final = 100
logger = logging.getLogger(__name__)


class MemoryWorlds(Worlds):
    """At most `max_worlds` are held. A new one takes the place of the least recently used one that is as its file says,
    is not `named` in a file, and is not in use; when it is used again, it is built as of the same start. If somebody
    wants it, it `notes_use`, see `take_used`.
    """

    def __init__(self, engine: MemoryEngine, origins: Origins, max_worlds: int) -> None:
        super().__init__(engine, origins, max_worlds)
        self.new_store = engine.new_store
        self._early_journals: dict[str, Journal] = {}
        self._worlds: dict[str, World] = {}
        self._droppable: OrderedDict[str, None] = OrderedDict()  # least recently used first
        self._latest = ""
        self.notes_use = False
        self._used: set[str] = set()
        self._has_dropped = False
        self._starts = Starts(self.context.tokens.release)
        self._residents = Residents(self._was_used, self._unload)
        self.context.loading.listen(self._residents.add)

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def __len__(self) -> int:
        return len(self._worlds)

    @property
    def known(self) -> int:
        return len(self._worlds) + len(self._starts)

    @property
    def processes(self) -> int:
        return 1

    def numbered(self) -> dict[int, str]:
        return {world.number: name for name, world in self._worlds.items()}

    def use(self, name: str) -> World:
        world = self._worlds.get(name)
        if world is None:
            return self._build(name)
        world.was_used = True
        if world.name is not self._latest:  # several calls in a row are frequent
            self._note_use(world.name)
            if name in self._droppable:
                self._droppable.move_to_end(name)
        return world

    def _note_use(self, name: str) -> None:
        self._latest = name
        if self.notes_use:
            self._used.add(name)

    def take_used(self) -> set[str]:
        """The names of the worlds that were used since the last question."""
        used, self._used = self._used, set()
        self._latest = ""  # so that its next use is noted again
        return used

    def named(self, name: str) -> World | None:
        return self._worlds.get(name)

    def remembered(self, name: str) -> World | None:
        return self._worlds.get(name)

    def early_journal(self, name: str, *, mode: str = "live") -> Journal:
        """Only the `MAX_EARLY_JOURNALS` that were used last are stored."""
        name = self.name(name, mode)
        known = name in self._early_journals
        journal = self._early_journals.pop(name) if known else self.context.journals.of(name)
        self._early_journals[name] = journal
        if len(self._early_journals) > MAX_EARLY_JOURNALS:
            del self._early_journals[next(iter(self._early_journals))]
        return journal

    def all_requests(self) -> Reader:
        return AllMemoryJournals([*(world.journal for world in self), *self._early_journals.values()])

    def clear_early_journals(self) -> None:
        self._early_journals.clear()

    def having_account(self, id: str) -> Iterable[str]:
        for world in self:
            row = world.store.get(id) if world.store.has_loaded() else None
            if row is not None and not row.deleted:
                yield world.name

    def use_template(self, template: WorldFile) -> None:
        origins = self.origins
        worlds = [world for name, world in self._worlds.items() if world.first.file == origins.file(name)]
        super().use_template(template)
        for world in worlds:
            first = origins.origin(origins.file(world.name), world.first.start)
            world.origin = first if world.origin == world.first else world.origin
            world.first = first
        for name in origins.named:
            self._droppable.pop(name, None)

    def add(self, name: str, origin: Origin) -> World:
        """Add a world `name` with `origin`, but without data."""
        world = World(name, origin, self.new_store(), self.context)
        world.clear(origin)
        self._worlds[name] = world
        self._note_use(name)
        return world

    def _build(self, name: str) -> World:
        self._make_room(name)
        before = self._starts.pop(name)
        start, ahead = (None, 0) if before is None else before
        world = self.add(name, self.origins.origin(self.origins.file(name), start))
        if ahead:
            world.clock.run(ahead)
        self.begin(world)
        if name in self._early_journals:
            world.journal = self._early_journals.pop(name)
        if before is None:
            self._announce(world)
        return world

    def _note_reset(self, world: World) -> None:
        """Let `world` be dropped if it would be built again as it is."""
        name = world.name
        if name not in self.origins.named and self._describes(world):
            self._droppable[name] = None
            self._droppable.move_to_end(name)
        else:
            self._droppable.pop(name, None)

    def _describes(self, world: World) -> bool:
        """Whether `world` is as the server started it, and would start one of its name today."""
        is_first, origins = world.origin == world.first, self.origins
        return is_first and world.origin == origins.origin(origins.file(world.name), world.origin.start)

    def _make_room(self, name: str) -> None:
        """Drop worlds until one more may be held. Raises a 503 problem if none can be dropped."""
        if len(self._worlds) < self.max_worlds or name in self.origins.named:
            return
        in_use = []
        while self._droppable and len(self._worlds) >= self.max_worlds:
            oldest = self._droppable.popitem(last=False)[0]
            if not self._worlds[oldest].is_changed and not self._drop(oldest):
                in_use.append(oldest)
        self._droppable.update(dict.fromkeys(in_use))
        if len(self._worlds) >= self.max_worlds:
            raise self._full()

    def let_go(self, name: str) -> bool:
        """Drop a world, changed or not: it is built as it started when it is used again. False if it stays, because a
        request or a delivery uses it."""
        urls, is_changed = [webhook.url for webhook in self._worlds[name].webhooks], self._worlds[name].is_changed
        if not self._forgot(name):
            return False
        self._droppable.pop(name, None)
        if is_changed:
            self.context.tokens.release(name)
            self.context.states.release(name)
            self.context.inboxes.forget(name, urls)
        return True

    def _drop(self, name: str) -> bool:
        """Drop an unchanged world to make room, as `_forgot` does."""
        if not self._forgot(name):
            return False
        if not self._has_dropped:
            self._has_dropped = True
            logger.warning(
                "There are more than %d worlds (--max-worlds): unchanged ones, the least recently used first, are "
                "dropped with their journals, and built again when they are used.",
                self.max_worlds,
            )
        return True

    def _forgot(self, name: str) -> bool:
        """Forget a world, except when it started; False if it stays, because a request or a delivery uses it."""
        world = self._worlds.pop(name)
        start, ahead, weak = world.origin.start, world.clock.ahead, ref(world)
        del world
        still_used = weak()
        if still_used is not None:
            self._worlds[name] = still_used
            return False
        self._starts.add(name, start, ahead)
        self.context.inboxes.point(name, ())
        return True

    def _was_used(self, name: str) -> bool:
        """Whether the world was used since the last question; the call that built it does not count."""
        world = self._worlds.get(name)
        if world is None:
            return False
        was_used, world.was_used = world.was_used, False
        return was_used

    def _unload(self, name: str) -> None:
        world = self._worlds.get(name)
        if world is not None:
            world.store.unload()
