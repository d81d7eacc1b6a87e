"""All worlds of a server: found by name, built on first use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Clock, Setting
from postfuze_mock.domain.keys import masked, parse
from postfuze_mock.state.store import Store
from postfuze_mock.worlds import making
from postfuze_mock.worlds.journal.journal import Journal
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import Origin, ServerContext, World

DEMO = "demo"
MAX_EARLY_JOURNALS = 100
logger = logging.getLogger(__name__)


class Worlds:
    """Finds or builds worlds. `template` describes every world except `demo`, with exceptions by name; `seed`, `clock`
    and `assume` apply where a world's file does not say otherwise. Raises ValueError (one sentence) for a template with
    unknown assumptions or forbidden webhooks."""

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
    ) -> None:
        self.template = template
        self.seed = seed
        self.clock = clock
        self.assume = assume
        self.context = context
        self.new_store = new_store
        self.engine = engine
        self.choices = Choices.with_overrides({**assume, **template.assume})
        self._check(template)
        self._early_journals: dict[str, Journal] = {}
        self._worlds: dict[str, World] = {}

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def __len__(self) -> int:
        return len(self._worlds)

    def world(self, name: str, *, mode: str = "live") -> World:
        """The world `name`, built if this is its first use. Both modes of a key open the same one, unless the choice
        `keys.modes` separates them."""
        return self.existing(name, mode=mode) or self._build(self._world_name(name, mode))

    def existing(self, name: str, *, mode: str = "live") -> World | None:
        """The world `name`, if it has been built."""
        return self._worlds.get(self._world_name(name, mode))

    def early_journal(self, name: str, *, mode: str = "live") -> Journal:
        """The journal that the world `name` will start with, for refused calls, which build no world. Only the
        `MAX_EARLY_JOURNALS` that were used last are stored."""
        name = self._world_name(name, mode)
        journal = self._early_journals[name] = self._early_journals.pop(name, Journal())
        if len(self._early_journals) > MAX_EARLY_JOURNALS:
            del self._early_journals[next(iter(self._early_journals))]
        return journal

    def clear_early_journals(self) -> None:
        """Empty the journals of all worlds that are not built yet."""
        self._early_journals.clear()

    def _world_name(self, name: str, mode: str) -> str:
        separate = mode == "test" and self.choices.keys_modes == "separate"
        return f"{name}:test" if separate else name  # no key's name has a colon

    def of_session(self, token: str) -> World | None:
        """The world that the session `token` was issued in, built if this is its first use."""
        holder = self.context.tokens.holder(token)
        return None if holder is None else self.world(holder)

    def holder_of_account(self, id: str) -> str | None:
        """The name of a world that has the account, which was built, or whose file lists the account."""
        for world in self:
            row = world.store.get(id)
            if row is not None and not row.deleted:
                return world.name
        files = {name: self.template.for_world(name).accounts for name in self.template.worlds}
        files[DEMO] = _demo_accounts()
        return next(
            (name for name, accounts in files.items() if name not in self._worlds and _lists(accounts, id)), None
        )

    def use_template(self, template: WorldFile) -> None:
        """Build worlds from another template from now on; an existing one follows it when it is reset. Raises
        ValueError as the constructor does, with nothing changed."""
        self._check(template)
        worlds = [world for name, world in self._worlds.items() if world.origin.file == self._file(name)]
        previous, self.template = self.template, template
        try:
            origins = [self._origin(self._file(world.name), world.origin.start) for world in worlds]
        except ValueError:
            self.template = previous
            raise
        for world, origin in zip(worlds, origins, strict=True):
            world.origin = origin

    def _check(self, template: WorldFile) -> None:
        """Raises ValueError if a world of `template` cannot be built."""
        webhooks.check(template, self.context.webhook_allow)
        for name in ("", *template.worlds):
            Choices.with_overrides({**self.assume, **template.for_world(name).assume})

    def rebuild(self, world: World, file: WorldFile | None = None, seed: int | None = None) -> None:
        """Build `world` again, from `file` (None: its own) and with `seed` (None: the file's, or the server's)."""
        file = file or world.origin.file
        clock = self._clock(file)
        making.build(world, self._origin(file, clock.now(), seed), clock)

    def add(self, name: str, origin: Origin, clock: Clock) -> World:
        """Add a world `name` with `origin`, but without data."""
        world = self._worlds[name] = World(name, origin, clock, self.new_store(), self.context)
        return world

    def _build(self, name: str) -> World:
        file = self._file(name)
        clock = self._clock(file)
        world = World(name, self._origin(file, clock.now()), clock, self.new_store(), self.context)
        making.build(world, world.origin, clock)
        self._worlds[name] = world
        world.journal = self._early_journals.pop(name, world.journal)
        logger.info("New world %s: %d accounts, seed %d.", masked(name), world.store.count(), world.seed)
        return world

    def _file(self, name: str) -> WorldFile:
        return world_file.load_shipped(DEMO) if name == DEMO else self.template.for_world(name)

    def _origin(self, file: WorldFile, start: int, seed: int | None = None) -> Origin:
        if seed is None:
            seed = self.seed if file.seed is None else file.seed
        return Origin(seed, file, Choices.with_overrides({**self.assume, **file.assume}), start)

    def _clock(self, file: WorldFile) -> Clock:
        return Clock(first=self.clock if file.clock is None else Setting.parse(file.clock))


@cache
def _demo_accounts() -> tuple[dict[str, Any], ...]:
    return world_file.load_shipped(DEMO).accounts


def _lists(accounts: Iterable[Mapping[str, Any]], id: str) -> bool:
    return any(account.get("id") == id for account in accounts)


def reserved_tokens(template: WorldFile) -> dict[str, str]:
    """The session tokens in world files, each with its world, for worlds that are not built yet: tokens of `demo`, of
    the template's named worlds, and of the template itself, which belong to the world of its first key."""
    files = {DEMO: world_file.load_shipped(DEMO), **{name: template.for_world(name) for name in template.worlds}}
    keys = [key for key in (parse(entry["key"]) for entry in template.keys[:1]) if key is not None]
    files |= {name: template.for_world(name) for name in [key.name for key in keys] if name not in files}
    holders: dict[str, str] = {}
    for name, file in files.items():
        for session in file.sessions:
            if "token" in session:
                holders.setdefault(session["token"], name)
    return holders
