"""The worlds of a server in an engine that several processes share.

A `World` is made from its head, whose version is read in each transaction; one that is already in memory in that
version is used again. A transaction uses it alone, and stores what it changed at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from typing import Final

from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.recent import Recent
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.heads import Heads
from postfuze_mock.state.sql.store import SqlStore
from postfuze_mock.worlds import making
from postfuze_mock.worlds.journal.journal import Journal, Reader
from postfuze_mock.worlds.journal.shared_journal import SharedJournals
from postfuze_mock.worlds.origins import Origins
from postfuze_mock.worlds.persistence.head import HeadCodec
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

#: How many worlds stay in memory, to be used again if no process has changed them.
MAX_CACHED: Final = 2000
#: How many more of the same one, for threads that read it at the same time.
MAX_ALIKE: Final = 7
#: How many unused worlds are removed in one transaction.
MAX_REMOVED: Final = 100


class SharedWorlds(Worlds):
    """The worlds in the tables of `database`. At most `max_worlds` are stored, and none is ever dropped for another;
    `let_go` removes those that nobody uses. If somebody wants it, it `notes_use`, see `take_used`."""

    def __init__(self, database: Database, journals: SharedJournals, origins: Origins, max_worlds: int) -> None:
        super().__init__(database, origins, max_worlds)
        self.database = database
        self.journals = journals
        self.heads = Heads(database)
        self._codec = HeadCodec(self.heads)
        self._cached = Recent[str, list[World]](MAX_CACHED)
        self.notes_use = False
        self._used: set[str] = set()

    def __iter__(self) -> Iterator[World]:
        # In one order, so that no two processes that lock them wait for each other.
        return (self.named(name) or self._build(name) for name in sorted(self.numbered().values()))

    def __len__(self) -> int:
        return self.heads.count()

    @property
    def known(self) -> int:
        return len(self)

    @property
    def processes(self) -> int:
        recorder = self.context.recorder
        return 1 if recorder is None else recorder.processes.live

    def numbered(self) -> dict[int, str]:
        return dict(self.heads.names())

    def use(self, name: str) -> World:
        world = self.named(name) or self._build(name)
        if self.notes_use:
            self._used.add(name)
        return world

    def named(self, name: str) -> World | None:
        world: World | None = self.database.current.held.get(name)
        if world is not None:
            return world
        version = self.heads.version(name)
        if version is None:
            return None
        world = self._cached_in(name, version) or self._load(name)
        self._hold(world)
        return world

    def remembered(self, name: str) -> World | None:
        with suppress(KeyError, IndexError):  # another thread may just have taken it
            return self._cached[name][-1]
        return None

    def _cached_in(self, name: str, version: int) -> World | None:
        """The world in this version, taken out of memory, because other threads must not use it meanwhile."""
        with suppress(KeyError, IndexError):
            while True:
                world = self._cached[name].pop()
                if world.store.revision() == version:
                    return world
        return None

    def _cache(self, world: World) -> None:
        same = self._cached.get(world.name)
        if same is None:
            self._cached[world.name] = [world]
        else:
            same.append(world)
            del same[: -MAX_ALIKE - 1]

    def early_journal(self, name: str, *, mode: str = "live") -> Journal:
        return self.journals.of(self.name(name, mode))

    def all_requests(self) -> Reader:
        return self.journals.all()

    def clear_early_journals(self) -> None:
        self.journals.calls.clear_unbuilt()

    def version(self, world: World) -> int:
        """The same in all processes."""
        present = (world.store.revision(), world.journal.revision(), self.context.inboxes.revision())
        return int.from_bytes(blake2b(repr(present).encode(), digest_size=6).digest())

    def having_account(self, id: str) -> Iterable[str]:
        return self.heads.having_account(id)

    def take_used(self) -> set[str]:
        """The names of the worlds that this process used since the last question, and of those that never go."""
        used, self._used = self._used, set()
        return {*used, *self.origins.named}

    def put_back_used(self, names: Iterable[str]) -> None:
        """Regard the worlds `names` as used since the last question."""
        self._used.update(names)

    def let_go(self, before: int) -> list[str]:
        """Remove some of the worlds that were last used `before` (ms), with all that is stored of them. Their names;
        none if there are no more."""
        return [self._removed(id, name) for id, name in self.heads.idle(before, MAX_REMOVED)]

    def _removed(self, id: int, name: str) -> str:
        world, context = self._load(name), self.context
        world.store.clear()
        context.tokens.release(name)
        context.states.release(name)
        self.journals.calls.forget(name)
        context.inboxes.forget(name, [webhook.url for webhook in world.webhooks])
        context.inboxes.point(name, ())
        self.heads.remove(id)
        self._cached.pop(name, None)
        return name

    def _build(self, name: str) -> World:
        if name not in self.origins.named:
            self.heads.lock()  # so that no two processes make the last one
            if len(self) >= self.max_worlds:
                raise self._full()
        head = self.heads.add(name, real_milliseconds())
        if head is None:  # another process has just made it
            return self.use(name)
        origin = self.origins.origin(self.origins.file(name))
        world = World(name, origin, SqlStore(self.database, head), self.context, head.id)
        self._hold(world)
        world.clear(origin)
        self.begin(world)
        self._announce(world)
        return world

    def _load(self, name: str) -> World:
        head = self.heads.get(name)
        assert head is not None
        store = SqlStore(self.database, head)
        world = World(name, self._codec.origin(head.origin), store, self.context, head.id)
        self._codec.restore(world, head)
        store.read_from(making.first_rows(world))
        world.stored_revision = world.live_revision()
        return world

    def _hold(self, world: World) -> None:
        """Use `world` in this transaction alone, and store it at its end if it has changed."""
        transaction = self.database.current
        transaction.held[world.name] = world
        transaction.before_commit.append(partial(self._save, world))
        transaction.after_commit.append(partial(self._cache, world))

    def _save(self, world: World) -> None:
        store, live = world.store, world.live_revision()
        assert isinstance(store, SqlStore)
        if store.head.is_changed or live != world.stored_revision:
            self.database.demand_writer()
            self._codec.store(world, store.head)
            self.heads.save(store.head)
            world.stored_revision = live
