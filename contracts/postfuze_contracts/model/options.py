"""The options of a run: the target, the keys and sessions, and how far the run may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Literal

Profile = Literal["quick", "ci", "deep"]


class Access(IntEnum):
    """How far a run may go on the target.

    PASSIVE reads, and makes calls that must be refused because their ids and sessions do not exist. PROBE adds the
    health probe, which may refresh a token, flip a status and fire events. FULL adds deletes and finalizes, of what the
    run was given or connected itself.
    """

    PASSIVE = 0
    PROBE = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Secret:
    """A string that is never shown: not in a `repr`, a report or a message. `name` appears instead."""

    value: str = field(repr=False)
    name: str = "secret"

    def __str__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys of the target. Only `full` is required."""

    full: Secret | None = None
    read_only: Secret | None = None
    revoked: Secret | None = None
    expired: Secret | None = None
    other_organization: Secret | None = None


@dataclass(frozen=True, slots=True)
class Sessions:
    """Session tokens: `fresh` returns the next unused one, or None if there are no more; `expired` has expired."""

    fresh: Callable[[], Secret | None] = lambda: None
    expired: Secret | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A statement whose failure somebody accepts: why, who, and until when."""

    statement: str
    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, slots=True)
class Options:
    """All options of a run. `rate` is calls per second (None: as fast as the target allows); `max_time` is in seconds;
    `proxy` is a URL, which may hold credentials; `certificates` are those of the only authorities that may vouch for
    the target, in PEM form (None: the usual ones); `probe` are the only accounts whose health may be probed (None:
    all); `only` are the ids of the selected statements (empty: all)."""

    url: str
    keys: Keys = Keys()
    sessions: Sessions = Sessions()
    access: Access = Access.PASSIVE
    profile: Profile = "quick"
    seed: int = 1
    exhaust_limits: bool = False
    probe: tuple[str, ...] | None = None
    rate: float | None = None
    max_time: float | None = None
    max_requests: int | None = None
    connections: int = 4
    timeout: float = 10.0
    proxy: Secret | None = None
    certificates: str | None = field(default=None, repr=False)
    waivers: tuple[Waiver, ...] = ()
    only: tuple[str, ...] = ()
