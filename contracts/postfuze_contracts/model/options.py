"""The options of a run: the target, its keys and sessions, and the limits of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Literal, get_args

Profile = Literal["quick", "ci", "deep"]
#: What `--profile` takes: `smoke` looks as closely as `quick`, but by a few checks alone.
PROFILES: tuple[str, ...] = ("smoke", *get_args(Profile))


class Access(IntEnum):
    """What a run may do on the target.

    PASSIVE reads, and sends writes only for ids and sessions that do not exist. PROBE also checks the health of
    accounts, which may refresh tokens, change statuses and fire events. FULL also finalizes the configured sessions,
    and deletes the accounts that it connected.
    """

    PASSIVE = 0
    PROBE = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Secret:
    """A string that no `repr`, report or message shows: `name` appears instead."""

    value: str = field(repr=False)
    name: str = "secret"

    def __str__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys of the target. Only `full` is required."""

    full: Secret | None = None
    read_only: Secret | None = None
    other_scope: Secret | None = None
    revoked: Secret | None = None
    expired: Secret | None = None
    other_organization: Secret | None = None


@dataclass(frozen=True, slots=True)
class Sessions:
    """Session tokens: `fresh` returns the next unused one, or None; `expired` is one that has expired. `tenant` is what
    the sessions were started for, if it is known."""

    fresh: Callable[[], Secret | None] = lambda: None
    expired: Secret | None = None
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A statement whose failure is accepted: why, by whom and until when."""

    statement: str
    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, slots=True)
class Pin:
    """A choice of an assumption that a deployment must stick to. `origin` says who pinned it, and when."""

    choice: str
    origin: str


@dataclass(frozen=True, slots=True)
class Options:
    """All options of a run. `rate` is in calls per second (None: no limit), `max_time` in seconds. `proxy` is a URL,
    possibly with credentials. `certificates` (PEM) are the only trusted authorities (None: the system's). A response
    may take `timeout` seconds, from the connection to its last byte, and have a body of `max_response` bytes, encoded
    or not. `probe` are the only accounts whose health may be checked (None: all). `settle` are the seconds that lists
    may take to show a change. `only` selects statements by id (empty: all), `require` names those that must be judged.
    `strict` lets a flaky statement fail the run. `smoke` runs only a few checks. `seal` is that of the JSON report.
    `pins` are by assumption. `site` is the root of a published reference, to which reports link."""

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
    settle: float = 2.0
    timeout: float = 30.0
    max_response: int = 8 * 1024 * 1024
    proxy: Secret | None = None
    certificates: str | None = field(default=None, repr=False)
    waivers: tuple[Waiver, ...] = ()
    only: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    strict: bool = False
    smoke: bool = False
    seal: str | None = None
    pins: Mapping[str, Pin] = field(default_factory=dict)
    site: str | None = None

    @property
    def profile_name(self) -> str:
        """The profile as it was asked for."""
        return "smoke" if self.smoke else self.profile
