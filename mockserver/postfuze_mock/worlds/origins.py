"""What a server makes its worlds from: its world file, `demo`, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Setting, real_milliseconds
from postfuze_mock.worlds import bounds, file_assumptions
from postfuze_mock.worlds.listed_keys import keys_of
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import Origin, ServerContext

DEMO: Final = "demo"


class Origins:
    """`template` describes every world except `demo`, with exceptions by name; `seed`, `clock` and `assume` apply where
    a world's file does not say otherwise. Raises ValueError (one sentence) for a template with unknown assumptions or
    forbidden webhooks. `named` are the worlds that files name."""

    def __init__(
        self,
        template: WorldFile,
        *,
        seed: int,
        clock: Setting = REAL_TIME,
        assume: Mapping[str, str],
        context: ServerContext,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.assume = assume
        self.context = context
        self.check(template)
        self.use(template)
        self.choices = Choices.with_overrides({**assume, **template.assume})

    def check(self, template: WorldFile) -> None:
        """Raises ValueError if a world of `template` cannot be built."""
        file_assumptions.check(template)
        bounds.check(template, self.context.max_accounts)
        webhooks.check(template, self.context)

    def use(self, template: WorldFile) -> None:
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

    def origin(self, file: WorldFile, start: int | None = None) -> Origin:
        """How the server starts a world that `file` describes, at `start` (ms; None: as its clock starts)."""
        seed = self.seed if file.seed is None else file.seed
        clock = self.clock if file.clock is None else Setting.parse(file.clock)
        is_common = file is self._common
        choices = self._common_choices if is_common else Choices.with_overrides({**self.assume, **file.assume})
        return Origin(seed, file, choices, beginning(clock) if start is None else start, clock)


@cache
def demo_file() -> WorldFile:
    """The file of the world `demo`."""
    return world_file.load_shipped(DEMO)


def beginning(clock: Setting) -> int:
    """The instant (ms) that a clock starts at."""
    return real_milliseconds() if clock.at is None else clock.at
