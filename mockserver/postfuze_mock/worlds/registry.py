"""All worlds of a server: found by name, made when first used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Clock, Setting
from postfuze_mock.domain.keys import masked, parse
from postfuze_mock.state.store import Store
from postfuze_mock.worlds import making
from postfuze_mock.worlds.journal.journal import Journal
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import Origin, Server, World

DEMO = "demo"
EARLY = 100
logger = logging.getLogger(__name__)


class Worlds:
    """Finds or makes worlds. `template` describes every world but `demo`, and overrides by name; `seed`, `clock` and
    `assume` hold where a world's file does not say otherwise."""

    def __init__(
        self,
        template: WorldFile,
        *,
        seed: int,
        clock: Setting = REAL_TIME,
        assume: Mapping[str, str],
        server: Server,
        new_store: Callable[[], Store],
        engine: str,
    ) -> None:
        webhooks.check(template, server.webhook_allow)
        self.template = template
        self.seed = seed
        self.clock = clock
        self.assume = assume
        self.server = server
        self.new_store = new_store
        self.engine = engine
        self.choices = Choices.with_overrides({**assume, **template.assume})
        self._early: dict[str, Journal] = {}
        self._worlds: dict[str, World] = {}

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def __len__(self) -> int:
        return len(self._worlds)

    def world(self, name: str, *, mode: str = "live") -> World:
        """The world `name`, made if this is its first use. Both modes of a key open the same one, unless the choice
        `keys.modes` separates them."""
        return self.standing(name, mode=mode) or self._make(self._named(name, mode))

    def standing(self, name: str, *, mode: str = "live") -> World | None:
        """The world `name`, if it has been made by now."""
        return self._worlds.get(self._named(name, mode))

    def early(self, name: str, *, mode: str = "live") -> Journal:
        """The journal that the world `name` will have once it is made: no call that is refused is a reason to make it.
        Only the last `EARLY` of those that are asked for are kept."""
        name = self._named(name, mode)
        journal = self._early[name] = self._early.pop(name, Journal())
        if len(self._early) > EARLY:
            del self._early[next(iter(self._early))]
        return journal

    def forget_early(self) -> None:
        """Empty the journals of all worlds that are not made yet."""
        self._early.clear()

    def _named(self, name: str, mode: str) -> str:
        separate = mode == "test" and self.choices.keys_modes == "separate"
        return f"{name}:test" if separate else name  # no key's name has a colon

    def of_session(self, token: str) -> World | None:
        """The world that the session `token` was given to, made where this is its first use."""
        holder = self.server.tokens.holder(token)
        return None if holder is None else self.world(holder)

    def use_template(self, template: WorldFile) -> None:
        """Make worlds from another template from now on; one that stands takes it when it is reset. Raises ValueError
        for assumptions that there are none of, and webhooks that may not be."""
        webhooks.check(template, self.server.webhook_allow)
        made = {name: world for name, world in self._worlds.items() if world.origin.file == self._file(name)}
        old, self.template = self.template, template
        try:
            origins = {name: self._origin(self._file(name)) for name in made}
        except ValueError:
            self.template = old
            raise
        for name, world in made.items():
            world.origin = origins[name]

    def reset(self, world: World) -> None:
        """Put `world` back to its first state: its data as of its start, its first clock, no calls counted."""
        world.clock.restore()
        world.become(world.origin, world.clock, world.begun)
        making.fill(world)

    def restart(self, world: World, file: WorldFile | None, seed: int | None) -> None:
        """Start `world` anew, from `file` (None: what it was made from) and with `seed` (None: the file's, or ours)."""
        origin = self._origin(file or world.origin.file, seed)
        world.begin(origin, self._clock(origin.file))
        making.fill(world)

    def restored(self, name: str, origin: Origin, clock: Clock, begun: int) -> World:
        """The world `name`, without data, as one that began at `begun` (ms) from `origin`, with this `clock`."""
        world = World(name, origin, clock, self.new_store(), self.server)
        world.begun = begun
        self._worlds[name] = world
        return world

    def _make(self, name: str) -> World:
        file = self._file(name)
        world = World(name, self._origin(file), self._clock(file), self.new_store(), self.server)
        making.fill(world)
        self._worlds[name] = world
        world.journal = self._early.pop(name, world.journal)
        logger.info("New world %s: %d accounts, seed %d.", masked(name), world.store.count(), world.seed)
        return world

    def _file(self, name: str) -> WorldFile:
        return world_file.load_shipped(DEMO) if name == DEMO else self.template.for_world(name)

    def _origin(self, file: WorldFile, seed: int | None = None) -> Origin:
        if seed is None:
            seed = self.seed if file.seed is None else file.seed
        return Origin(seed, file, Choices.with_overrides({**self.assume, **file.assume}))

    def _clock(self, file: WorldFile) -> Clock:
        return Clock(first=self.clock if file.clock is None else Setting.parse(file.clock))


def reserved_tokens(template: WorldFile) -> dict[str, str]:
    """The session tokens that files spell out, and the worlds that they lead to before these worlds' first use: those
    of `demo`, of the template's named worlds, and of the template itself, which are its first key's."""
    files = {DEMO: world_file.load_shipped(DEMO), **{name: template.for_world(name) for name in template.worlds}}
    keys = [key for key in (parse(entry["key"]) for entry in template.keys[:1]) if key is not None]
    files |= {name: template.for_world(name) for name in [key.name for key in keys] if name not in files}
    reserved: dict[str, str] = {}
    for name, file in files.items():
        for session in file.sessions:
            if "token" in session:
                reserved.setdefault(session["token"], name)
    return reserved
