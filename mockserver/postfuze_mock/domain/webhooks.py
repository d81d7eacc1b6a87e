"""Webhooks: who is told of what, how a delivery is signed, and when one that failed is tried again."""

from __future__ import annotations

import hashlib
import hmac
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
SIGNATURE_HEADER: Final = "X-PostFuze-Signature"
#: Seconds of the world's clock after the first failed attempt, the second …; when all have passed it is given up.
PAUSES: Final = (60, 300, 1800, 7200, 28800)
#: Attempts that are shown of one delivery, the last ones: it can be sent again without end.
ATTEMPTS_KEPT: Final = 20


class Webhook(NamedTuple):
    """Where events go: those named, signed with the secret."""

    url: str
    events: tuple[str, ...]
    description: str | None
    signing_secret: str

    @classmethod
    def of(cls, fields: Mapping[str, Any], secret: str) -> Self:
        """The webhook that a lever, a worlds file or a saved state describes; `secret` is for one without."""
        return cls(
            fields["url"],
            tuple(fields.get("events") or EVENTS),
            fields.get("description"),
            fields.get("signing_secret") or secret,
        )

    def shown(self) -> dict[str, Any]:
        """As levers show it: without the secret."""
        return {"url": self.url, "events": list(self.events), "description": self.description}


class Attempt(NamedTuple):
    """One attempt to deliver: when (ms of the world's clock), what was answered (None: nothing that counts), what was
    wrong with it, and how long it took in real time."""

    at: int
    status: int | None
    error: str | None
    duration_ms: float

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took it."""
        return self.error is None

    def shown(self) -> dict[str, Any]:
        """As levers show it."""
        return {**self._asdict(), "at": iso(self.at)}

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Self:
        """The attempt that was shown so."""
        return cls(parse_iso(shown["at"]), shown["status"], shown["error"], shown["duration_ms"])


@dataclass(eq=False, slots=True)
class Delivery:
    """One event on its way to one URL. `next_attempt_at` (ms of the world's clock) is None where none is to come, and
    while one is under way."""

    event_id: str
    url: str
    next_attempt_at: int | None = None
    status: Status = "pending"
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether nothing is to come unless somebody asks for it."""
        return self.status in ("delivered", "given_up")

    def ask(self, now: int) -> None:
        """Have it sent at once, again if need be."""
        self.status, self.next_attempt_at = "pending", now

    def settle(self, attempt: Attempt, now: int) -> None:
        """Take the outcome of an attempt. One that was asked for meanwhile is still to come."""
        self.attempts = [*self.attempts, attempt][-ATTEMPTS_KEPT:]
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
        """Send it no more."""
        if not self.over:
            self.status, self.next_attempt_at = "given_up", None

    def shown(self) -> dict[str, Any]:
        """As levers show it."""
        due = self.next_attempt_at
        return {
            "url": self.url,
            "status": self.status,
            "next_attempt_at": None if due is None else iso(due),
            "attempts": [attempt.shown() for attempt in self.attempts],
        }

    @classmethod
    def of(cls, event_id: str, shown: Mapping[str, Any], now: int) -> Self:
        """The delivery of that event that was shown so. One that was under way then is due `now`."""
        attempts = [Attempt.of(attempt) for attempt in shown["attempts"]]
        delivery = cls(event_id, shown["url"], None, shown["status"], attempts[-ATTEMPTS_KEPT:])
        if not delivery.over:
            due = shown["next_attempt_at"]
            delivery.next_attempt_at = now if due is None else parse_iso(due)
        return delivery


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-PostFuze-Signature` (assumption `webhooks.signature`); `timestamp` in seconds."""
    signed = hmac.new(secret.encode(), b"%d.%b" % (timestamp, body), hashlib.sha256)
    return f"t={timestamp},v1={signed.hexdigest()}"
