"""All worlds of a server: found by name, built on first use, dropped when there are too many."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from weakref import ref

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Setting, real_milliseconds
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import Problem
from postfuze_mock.state.store import Store
from postfuze_mock.worlds import file_assumptions, making
from postfuze_mock.worlds.journal.journal import Journal
from postfuze_mock.worlds.listed_keys import keys_of
from postfuze_mock.worlds.retention import Residents, Starts
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import Origin, ServerContext, World

DEMO = "demo"
MAX_EARLY_JOURNALS = 100
logger = logging.getLogger(__name__)


class Worlds:
    """Finds or builds worlds. `template` describes every world except `demo`, with exceptions by name; `seed`, `clock`
    and `assume` apply where a world's file does not say otherwise. Raises ValueError (one sentence) for a template with
    unknown assumptions or forbidden webhooks.

    At most `max_worlds` are held. A new one takes the place of the least recently used one that is as its file says,
    is not `named` in a file, and is not in use; when it is used again, it is built as of the same start.
    """

    def __init__(
        self,
        template: WorldFile,
        *,
        seed: int,
        clock: Setting = REAL_TIME,
        assume: Mapping[str, str],
        context: ServerContext,
        new_store: Callable[[], Store],
        engine: str,
        max_worlds: int,
    ) -> None:
        self.template = template
        self.seed = seed
        self.clock = clock
        self.assume = assume
        self.context = context
        self.new_store = new_store
        self.engine = engine
        self.max_worlds = max_worlds
        self._check(template)
        self.choices = Choices.with_overrides({**assume, **template.assume})
        self._share(template)
        self._early_journals: dict[str, Journal] = {}
        self._worlds: dict[str, World] = {}
        self._droppable: OrderedDict[str, None] = OrderedDict()  # least recently used first
        self._latest = ""
        self._has_dropped = False
        self._starts = Starts(context.tokens.release)
        self._residents = Residents(self._was_used, self._unload)
        context.loading.listen(self._on_loading)

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def __len__(self) -> int:
        return len(self._worlds)

    def world(self, name: str, *, mode: str = "live") -> World:
        """The world `name`, built if this is its first use. Both modes of a key open the same one, unless the choice
        `keys.modes` separates them. Raises a 503 problem if it cannot be built, because there are too many."""
        return self.use(self.name(name, mode))

    def use(self, name: str) -> World:
        """As `world`, for a name that `name` has returned."""
        world = self._worlds.get(name)
        if world is None:
            return self._build(name)
        world.was_used = True
        if world.name is not self._latest:  # several calls in a row are frequent
            self._latest = world.name
            if name in self._droppable:
                self._droppable.move_to_end(name)
        return world

    def existing(self, name: str, *, mode: str = "live") -> World | None:
        """The world `name`, if it has been built."""
        return self._worlds.get(self.name(name, mode))

    def choices_of(self, name: str, *, mode: str = "live") -> Choices:
        """The choices of the world `name`, or those that it would be built with."""
        world = self.existing(name, mode=mode)
        return self._origin(self.file(name)).choices if world is None else world.choices

    def early_journal(self, name: str, *, mode: str = "live") -> Journal:
        """The journal that the world `name` will start with, for refused calls, which build no world. Only the
        `MAX_EARLY_JOURNALS` that were used last are stored."""
        name = self.name(name, mode)
        journal = self._early_journals[name] = self._early_journals.pop(name, Journal())
        if len(self._early_journals) > MAX_EARLY_JOURNALS:
            del self._early_journals[next(iter(self._early_journals))]
        return journal

    def unbuilt(self) -> list[Unbuilt]:
        """The worlds that are not built, but have a journal."""
        return [self._unbuilt(name, journal) for name, journal in self._early_journals.items()]

    def clear_early_journals(self) -> None:
        """Empty the journals of all worlds that are not built yet."""
        self._early_journals.clear()

    def name(self, name: str, mode: str) -> str:
        """The world that a key with this `name` and `mode` opens."""
        separate = mode == "test" and self.choices.keys_modes == "separate"
        return f"{name}:test" if separate else name  # no key's name has a colon

    def of_session(self, token: str) -> World | None:
        """The world that the session `token` was issued in, built if this is its first use."""
        holder = self.context.tokens.holder(token)
        return None if holder is None else self.world(holder)

    def holder_of_account(self, id: str) -> str | None:
        """The name of a world that has the account, which has it in memory, or whose file lists it."""
        for world in self:
            row = world.store.get(id) if world.store.has_loaded() else None
            if row is not None and not row.deleted:
                return world.name
        files = {name: self.template.for_world(name).accounts for name in self.template.worlds}
        files[DEMO] = demo_file().accounts
        return next(
            (name for name, accounts in files.items() if name not in self._worlds and _lists(accounts, id)), None
        )

    def use_template(self, template: WorldFile) -> None:
        """Build worlds from another template from now on; an existing one follows it when it is reset. Raises
        ValueError as the constructor does, with nothing changed."""
        self._check(template)
        worlds = [world for name, world in self._worlds.items() if world.first.file == self.file(name)]
        self._share(template)
        for world in worlds:
            first = self._origin(self.file(world.name), world.first.start)
            world.origin = first if world.origin == world.first else world.origin
            world.first = first
        for name in self.named:
            self._droppable.pop(name, None)

    def begin(self, world: World) -> None:
        """Put the first data into `world`, which was added without any."""
        making.begin(world)
        self._note_reset(world)

    def reset(self, world: World, *, keep_world: bool = False) -> None:
        """Reset `world` to how the server started it; with `keep_world`, to what the last `rebuild` made of it."""
        making.build(world, world.origin if keep_world else world.first)
        self._note_reset(world)

    def _check(self, template: WorldFile) -> None:
        """Raises ValueError if a world of `template` cannot be built."""
        file_assumptions.check(template)
        webhooks.check(template, self.context)

    def rebuild(
        self,
        world: World,
        file: WorldFile | None = None,
        seed: int | None = None,
        assume: Mapping[str, str | int] | None = None,
        clock: Setting | None = None,
    ) -> None:
        """Build `world` as the server started it, but from `file`, with `seed` and `clock`, and with the choices of
        `assume`. None stands for what the file says, or the server. Raises ChoiceError, with nothing changed."""
        origin = world.first if file is None else self._origin(file)
        clock = origin.clock if clock is None else clock
        making.build(
            world,
            replace(
                origin,
                seed=origin.seed if seed is None else seed,
                choices=origin.choices.replaced(assume) if assume else origin.choices,
                start=_start(clock),
                clock=clock,
            ),
        )
        self._note_reset(world)

    def add(self, name: str, origin: Origin) -> World:
        """Add a world `name` with `origin`, but without data."""
        world = World(name, origin, self.new_store(), self.context)
        self._worlds[name] = world
        self._latest = world.name
        return world

    @property
    def known(self) -> int:
        """How many worlds are held, or would be built as they were before."""
        return len(self._worlds) + len(self._starts)

    def _build(self, name: str) -> World:
        self._make_room(name)
        before = self._starts.pop(name)
        start, ahead = (None, 0) if before is None else before
        world = self.add(name, self._origin(self.file(name), start))
        if ahead:
            world.clock.run(ahead)
        self.begin(world)
        if name in self._early_journals:
            world.journal = self._early_journals.pop(name)
        if before is None:
            logger.info("New world %s: %d accounts, seed %d.", masked(name), world.store.count(), world.seed)
        return world

    def _unbuilt(self, name: str, journal: Journal) -> Unbuilt:
        return Unbuilt(name, self._origin(self.file(name)), journal, self.context)

    def _note_reset(self, world: World) -> None:
        """Let `world`, which is as its origin describes it, be dropped if that is how it would be built again."""
        name = world.name
        if name not in self.named and self._describes(world):
            self._droppable[name] = None
            self._droppable.move_to_end(name)
        else:
            self._droppable.pop(name, None)

    def _describes(self, world: World) -> bool:
        """Whether `world` is as the server started it, and would start one of its name today."""
        is_first = world.origin == world.first
        return is_first and world.origin == self._origin(self.file(world.name), world.origin.start)

    def _make_room(self, name: str) -> None:
        """Drop worlds until one more may be held. Raises a 503 problem if none can be dropped."""
        if len(self._worlds) < self.max_worlds or name in self.named:
            return
        in_use = []
        while self._droppable and len(self._worlds) >= self.max_worlds:
            oldest = self._droppable.popitem(last=False)[0]
            if not self._worlds[oldest].is_changed and not self._drop(oldest):
                in_use.append(oldest)
        self._droppable.update(dict.fromkeys(in_use))
        if len(self._worlds) >= self.max_worlds:
            raise self._full()

    def _drop(self, name: str) -> bool:
        """Drop a world; False if it stays, because a request or a delivery uses it."""
        world = self._worlds.pop(name)
        start, ahead, weak = world.origin.start, world.clock.ahead, ref(world)
        del world
        still_used = weak()
        if still_used is not None:
            self._worlds[name] = still_used
            return False
        self._starts.add(name, start, ahead)
        if not self._has_dropped:
            self._has_dropped = True
            logger.warning(
                "There are more than %d worlds (--max-worlds): unchanged ones, the least recently used first, are "
                "dropped with their journals, and built again when they are used.",
                self.max_worlds,
            )
        return True

    def _full(self) -> Problem:
        detail = (
            f"This server holds {len(self._worlds)} worlds, and none can make room, because they have changed: reset "
            "some (POST /_mock/reset?all=true resets all), or start the server with a larger --max-worlds."
        )
        return Problem(503, detail, rule="worlds.full", code="too_many_worlds")

    def _on_loading(self, name: str) -> None:
        if name in self._droppable:
            self._residents.add(name)

    def _was_used(self, name: str) -> bool:
        """Whether the world was used since the last question; the call that built it does not count."""
        world = self._worlds.get(name)
        if world is None:
            return False
        was_used, world.was_used = world.was_used, False
        return was_used

    def _unload(self, name: str) -> None:
        world = self._worlds.get(name)
        if world is not None and not world.is_changed:
            world.store.unload()

    def _share(self, template: WorldFile) -> None:
        """Use `template`; the worlds that it does not name share one file and one record of choices."""
        self.template = template
        self._common = template.for_world("")
        self._common_choices = Choices.with_overrides({**self.assume, **self._common.assume})
        self.named = dict.fromkeys([*template.worlds, *(key.name for key in keys_of(template).values()), DEMO])

    def file(self, name: str) -> WorldFile:
        """What the server starts the world `name` with."""
        if name == DEMO:
            return demo_file()
        return self.template.for_world(name) if name in self.named else self._common

    def _origin(self, file: WorldFile, start: int | None = None) -> Origin:
        """How the server starts a world that `file` describes, at `start` (ms; None: as its clock starts)."""
        seed = self.seed if file.seed is None else file.seed
        clock = self.clock if file.clock is None else Setting.parse(file.clock)
        is_common = file is self._common
        choices = self._common_choices if is_common else Choices.with_overrides({**self.assume, **file.assume})
        return Origin(seed, file, choices, _start(clock) if start is None else start, clock)


@cache
def demo_file() -> WorldFile:
    """The file of the world `demo`."""
    return world_file.load_shipped(DEMO)


def _start(clock: Setting) -> int:
    """The instant (ms) that a clock starts at."""
    return real_milliseconds() if clock.at is None else clock.at


def _lists(accounts: Iterable[Mapping[str, Any]], id: str) -> bool:
    return any(account.get("id") == id for account in accounts)
