"""Webhooks: which events they get, and when a failed delivery is repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Self

import orjson

from postfuze_fixtures.timestamps import SECOND_MS, iso, parse_iso
from postfuze_mock.domain.lifecycle import (
    ACCOUNT_CONNECTED,
    ACCOUNT_DISCONNECTED,
    ACCOUNT_REAUTH_REQUIRED,
    ACCOUNT_TOKEN_EXPIRED,
)

Status = Literal["pending", "delivered", "failed", "given_up"]

EVENTS: Final = (ACCOUNT_CONNECTED, ACCOUNT_DISCONNECTED, ACCOUNT_TOKEN_EXPIRED, ACCOUNT_REAUTH_REQUIRED)
#: The states of a delivery that has failed, for now or for good.
UNDELIVERED: Final = frozenset[Status]({"failed", "given_up"})
#: Seconds of the world's clock after the first failed attempt, the second …; then the delivery is given up.
PAUSES: Final = (60, 300, 1800, 7200, 28800)
#: How many attempts of a delivery are stored, the newest ones: there is no limit on redeliveries.
MAX_ATTEMPTS: Final = 20
_SENT: Final = ("id", "event", "created_at", "data")
_PER_EXCHANGE: Final = 256  # bytes beside what was exchanged
_PER_HEADER: Final = 128


def body_of(event: Mapping[str, Any]) -> bytes:
    """What webhooks receive of an event; each attempt sends the same."""
    return orjson.dumps({name: event[name] for name in _SENT})


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


class Exchange(NamedTuple):
    """What was sent at the real time `sent_at` (ms): the headers, for the body is the event's; and what came: `headers`
    and `body` of the response, or None. Headers are values by lower-case name."""

    sent_at: int
    request: dict[str, str]
    response: dict[str, Any] | None

    @property
    def size(self) -> int:
        """The bytes that it takes in memory, about."""
        response = self.response or {"headers": {}, "body": ""}
        headers = [*self.request.items(), *response["headers"].items()]
        size = sum(_PER_HEADER + len(name) + len(value) for name, value in headers)
        return _PER_EXCHANGE + len(response["body"]) + size

    def to_dict(self, body: str | None = None) -> dict[str, Any]:
        """As the control API returns it, with the `body` of the request; a saved state is without."""
        request = {"headers": self.request} | ({} if body is None else {"body": body})
        return {"sent_at": iso(self.sent_at), "request": request, "response": self.response}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self | None:
        """The exchange of a saved attempt, if that has one."""
        if "sent_at" not in document or "request" not in document:
            return None
        return cls(parse_iso(document["sent_at"]), document["request"]["headers"], document.get("response"))


class Attempt(NamedTuple):
    """An attempt to deliver: its time (ms of the world's clock), the status of the response (None without one), the
    error if it failed, its duration in real time, and what was exchanged, as long as that is stored."""

    at: int
    status: int | None
    error: str | None
    duration_ms: float
    exchange: Exchange | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver accepted it."""
        return self.error is None

    def to_dict(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {"at": iso(self.at), "status": self.status, "error": self.error, "duration_ms": self.duration_ms}

    def in_full(self, body: str | None = None) -> dict[str, Any]:
        """With what was exchanged; `body` is that of the request."""
        return {**self.to_dict(), **(self.exchange.to_dict(body) if self.exchange else {})}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The attempt of a saved document."""
        result, duration = (document["status"], document["error"]), document["duration_ms"]
        return cls(parse_iso(document["at"]), *result, duration, Exchange.of(document))


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

    def forget(self, exchange: Exchange) -> None:
        """Keep no more of an attempt than its outcome."""
        self.attempts = [each._replace(exchange=None) if each.exchange is exchange else each for each in self.attempts]

    def to_dict(self, attempt: Callable[[Attempt], dict[str, Any]] = Attempt.to_dict) -> dict[str, Any]:
        """As the control API returns it; `attempt` makes the document of each attempt."""
        due = self.next_attempt_at
        return {
            "url": self.url,
            "status": self.status,
            "next_attempt_at": None if due is None else iso(due),
            "attempts": [attempt(each) for each in self.attempts],
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
