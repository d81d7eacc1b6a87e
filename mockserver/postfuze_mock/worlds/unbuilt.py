"""What the journal of a world shows of it before it is built: refused calls, such as those with a revoked key, build no
world."""

from __future__ import annotations

from dataclasses import dataclass

from postfuze_mock.domain.choices import Choices
from postfuze_mock.worlds.world import Origin, ServerContext


@dataclass(frozen=True, slots=True, eq=False)
class Unbuilt:
    """A world that is not built; `origin` is what it would be built from now."""

    name: str
    origin: Origin
    context: ServerContext

    @property
    def seed(self) -> int:
        return self.origin.seed

    @property
    def choices(self) -> Choices:
        return self.origin.choices
