"""Webhooks: which events they get, and when a failed delivery is repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Self

from postfuze_fixtures.timestamps import SECOND_MS, iso, parse_iso
from postfuze_mock.domain.lifecycle import (
    ACCOUNT_CONNECTED,
    ACCOUNT_DISCONNECTED,
    ACCOUNT_REAUTH_REQUIRED,
    ACCOUNT_TOKEN_EXPIRED,
)

Status = Literal["pending", "delivered", "failed", "given_up"]

EVENTS: Final = (ACCOUNT_CONNECTED, ACCOUNT_DISCONNECTED, ACCOUNT_TOKEN_EXPIRED, ACCOUNT_REAUTH_REQUIRED)
#: Seconds of the world's clock after the first failed attempt, the second …; then the delivery is given up.
PAUSES: Final = (60, 300, 1800, 7200, 28800)
#: How many attempts of a delivery are stored, the newest ones: there is no limit on redeliveries.
MAX_ATTEMPTS: Final = 20


class Webhook(NamedTuple):
    """A receiver of `events`; deliveries are signed with the secret."""

    url: str
    events: tuple[str, ...]
    description: str | None
    signing_secret: str

    @classmethod
    def of(cls, fields: Mapping[str, Any], secret: str) -> Self:
        """The webhook that the control API, a world file or a saved state describes; `secret` is the default."""
        return cls(
            fields["url"],
            tuple(fields.get("events") or EVENTS),
            fields.get("description"),
            fields.get("signing_secret") or secret,
        )

    def to_dict(self, *, secret: bool = False) -> dict[str, Any]:
        """As the control API returns it; the `signing_secret` only with `secret`."""
        document = {"url": self.url, "events": list(self.events), "description": self.description}
        return document | ({"signing_secret": self.signing_secret} if secret else {})


class Attempt(NamedTuple):
    """An attempt to deliver: its time (ms of the world's clock), the status of the response (None without one), the
    error if it failed, and its duration in real time."""

    at: int
    status: int | None
    error: str | None
    duration_ms: float

    @property
    def succeeded(self) -> bool:
        """Whether the receiver accepted it."""
        return self.error is None

    def to_dict(self) -> dict[str, Any]:
        """As the control API returns it."""
        return {**self._asdict(), "at": iso(self.at)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The attempt of a saved document."""
        return cls(parse_iso(document["at"]), document["status"], document["error"], document["duration_ms"])


@dataclass(eq=False, slots=True)
class Delivery:
    """One event on its way to one URL. `next_attempt_at` (ms of the world's clock) is None where none is planned, and
    during an attempt."""

    event_id: str
    url: str
    next_attempt_at: int | None = None
    status: Status = "pending"
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether no attempt will follow, unless one is requested."""
        return self.status in ("delivered", "given_up")

    def request(self, now: int) -> None:
        """Plan an attempt at `now`, again if it was delivered before."""
        self.status, self.next_attempt_at = "pending", now

    def settle(self, attempt: Attempt, now: int) -> None:
        """Record an attempt. An attempt that was requested in the meantime still follows."""
        self.attempts = [*self.attempts, attempt][-MAX_ATTEMPTS:]
        if self.next_attempt_at is not None:
            return
        if attempt.succeeded:
            self.status = "delivered"
        elif self.status == "given_up" or len(self.attempts) > len(PAUSES):
            self.status = "given_up"
        else:
            self.status = "failed"
            self.next_attempt_at = now + PAUSES[len(self.attempts) - 1] * SECOND_MS

    def give_up(self) -> None:
        """Plan no more attempts."""
        if not self.over:
            self.status, self.next_attempt_at = "given_up", None

    def to_dict(self) -> dict[str, Any]:
        """As the control API returns it."""
        due = self.next_attempt_at
        return {
            "url": self.url,
            "status": self.status,
            "next_attempt_at": None if due is None else iso(due),
            "attempts": [attempt.to_dict() for attempt in self.attempts],
        }

    @classmethod
    def of(cls, event_id: str, document: Mapping[str, Any], now: int) -> Self:
        """The delivery of a saved document. One whose attempt was in progress is due `now`."""
        attempts = [Attempt.of(attempt) for attempt in document["attempts"]]
        delivery = cls(event_id, document["url"], None, document["status"], attempts[-MAX_ATTEMPTS:])
        if not delivery.over:
            due = document["next_attempt_at"]
            delivery.next_attempt_at = now if due is None else parse_iso(due)
        return delivery
