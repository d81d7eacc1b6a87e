"""All worlds of a server, found by name, and built on first use."""

from __future__ import annotations

import abc
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import Setting
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import Problem
from postfuze_mock.state.engine import Engine
from postfuze_mock.worlds import making
from postfuze_mock.worlds.journal.journal import Journal, Reader
from postfuze_mock.worlds.origins import DEMO, Origins, beginning, demo_file
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

logger = logging.getLogger(__name__)


class Worlds(abc.ABC):
    """Finds or builds worlds, which are made as `origins` says and stored in `engine`. In an engine that processes
    share, they are used in its transactions alone."""

    def __init__(self, engine: Engine, origins: Origins, max_worlds: int) -> None:
        self.origins = origins
        self.context = origins.context
        self.engine = engine
        self.max_worlds = max_worlds

    @abc.abstractmethod
    def __iter__(self) -> Iterator[World]:
        """The worlds that are built."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """How many worlds are built."""

    @property
    @abc.abstractmethod
    def known(self) -> int:
        """How many worlds are built, or would be built as they were before."""

    @property
    @abc.abstractmethod
    def processes(self) -> int:
        """How many processes serve these worlds, this one included."""

    @abc.abstractmethod
    def numbered(self) -> dict[int, str]:
        """The names of the worlds that are built, by number, which counts them in the order of their creation."""

    @abc.abstractmethod
    def use(self, name: str) -> World:
        """As `world`, for a name that `name` has returned."""

    @abc.abstractmethod
    def named(self, name: str) -> World | None:
        """The world `name`, which `name` has returned, if it has been built."""

    @abc.abstractmethod
    def remembered(self, name: str) -> World | None:
        """The world `name` as this process has it in memory; what is stored may differ by now. It needs no
        transaction."""

    @abc.abstractmethod
    def early_journal(self, name: str, *, mode: str = "live") -> Journal:
        """The journal that the world `name` will start with, for refused calls, which build no world."""

    @abc.abstractmethod
    def all_requests(self) -> Reader:
        """The requests of all worlds, also of those that are not built, but have a journal."""

    @abc.abstractmethod
    def clear_early_journals(self) -> None:
        """Empty the journals of all worlds that are not built yet."""

    @abc.abstractmethod
    def having_account(self, id: str) -> Iterable[str]:
        """The names of built worlds that have the account, undeleted, and in the store."""

    def world(self, name: str, *, mode: str = "live") -> World:
        """The world `name`, built if this is its first use. Both modes of a key open the same one, unless the choice
        `keys.modes` separates them. Raises a 503 problem if it cannot be built, because there are too many."""
        return self.use(self.name(name, mode))

    def existing(self, name: str, *, mode: str = "live") -> World | None:
        """The world `name`, if it has been built."""
        return self.named(self.name(name, mode))

    def name(self, name: str, mode: str) -> str:
        """The world that a key with this `name` and `mode` opens."""
        separate = mode == "test" and self.choices.keys_modes == "separate"
        return f"{name}:test" if separate else name  # no key's name has a colon

    @property
    def choices(self) -> Choices:
        """Those of calls that belong to no world."""
        return self.origins.choices

    def choices_of(self, name: str, *, mode: str = "live") -> Choices:
        """The choices of the world `name`, or those that it would be built with."""
        world = self.existing(name, mode=mode)
        return self.origins.origin(self.origins.file(name)).choices if world is None else world.choices

    def owner(self, name: str) -> World | Unbuilt:
        """What a journal is of: the world `name`, or, if it is not built, what it would be built from now."""
        world = self.named(name)
        return Unbuilt(name, self.origins.origin(self.origins.file(name)), self.context) if world is None else world

    def of_session(self, token: str) -> World | None:
        """The world that the session `token` was issued in, built if this is its first use."""
        holder = self.context.tokens.holder(token)
        return None if holder is None else self.world(holder)

    def holder_of_account(self, id: str) -> str | None:
        """The name of a world that has the account in its store, or whose file lists it. It loads no world for that:
        there may be thousands."""
        holder = next(iter(self.having_account(id)), None)
        if holder is not None:
            return holder
        template = self.origins.template
        files = {name: template.for_world(name).accounts for name in template.worlds}
        files[DEMO] = demo_file().accounts
        return next(
            (name for name, accounts in files.items() if _lists(accounts, id) and self._is_unloaded(name)), None
        )

    def _is_unloaded(self, name: str) -> bool:
        """Whether the accounts of the world `name` are still those that its file lists."""
        world = self.named(name)
        return world is None or not world.store.has_loaded()

    def use_template(self, template: WorldFile) -> None:
        """Build worlds from another template from now on; an existing one follows it when it is reset. Raises
        ValueError as `Origins` does, with nothing changed."""
        self.origins.check(template)
        self.origins.use(template)

    def version(self, world: World) -> int:
        """A number that differs after each change of `world`, of its requests or of an inbox."""
        return world.version()

    def begin(self, world: World) -> None:
        """Put the first data into `world`, which was added without any."""
        making.begin(world)
        self._note_reset(world)

    def reset(self, world: World, *, keep_world: bool = False) -> None:
        """Reset `world` to how the server started it; with `keep_world`, to what the last `rebuild` made of it."""
        making.build(world, world.origin if keep_world else world.first)
        self._note_reset(world)

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
        origin = world.first if file is None else self.origins.origin(file)
        clock = origin.clock if clock is None else clock
        making.build(
            world,
            replace(
                origin,
                seed=origin.seed if seed is None else seed,
                choices=origin.choices.replaced(assume) if assume else origin.choices,
                start=beginning(clock),
                clock=clock,
            ),
        )
        self._note_reset(world)

    def _note_reset(self, world: World) -> None:  # noqa: B027 - not every registry has something to note
        """`world` is as its origin describes it."""

    def _announce(self, world: World) -> None:
        """Say in the log that `world` is new."""
        count, name, seed = world.store.count(), masked(world.name), world.seed
        self.engine.after_commit(lambda: logger.info("New world %s: %d accounts, seed %d.", name, count, seed))

    def _full(self) -> Problem:
        detail = (
            f"This server holds {len(self)} worlds, and none can make room, because they have changed: reset "
            "some (POST /_mock/reset?all=true resets all), or start the server with a larger --max-worlds."
        )
        return Problem(503, detail, rule="worlds.full", code="too_many_worlds")


def _lists(accounts: Iterable[Mapping[str, Any]], id: str) -> bool:
    return any(account.get("id") == id for account in accounts)
