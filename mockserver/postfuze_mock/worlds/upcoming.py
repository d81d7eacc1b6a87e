"""What happens next in a world as its clock goes on: tokens and sessions expire, webhooks are sent again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from postfuze_fixtures.timestamps import iso
from postfuze_mock.worlds.world import World

#: In a world with more accounts, their tokens are not searched: that takes some microseconds for each.
MAX_ACCOUNTS: Final = 20_000


class Instant(NamedTuple):
    """Something that happens `at` a timestamp to `subject`: an account's id, a session's token, or a webhook's URL."""

    at: str
    what: str
    subject: str


def upcoming(world: World) -> list[dict[str, Any]]:
    """The next instant of each kind after now, the earliest first."""
    now = world.now()
    kinds = (_token_expiries(world), _session_expiries(world), _attempts(world))
    firsts = (min((each for each in instants if each.at > now), default=None) for instants in kinds)
    return [each._asdict() for each in sorted(filter(None, firsts))]


def _token_expiries(world: World) -> Iterator[Instant]:
    if world.store.count() > MAX_ACCOUNTS:
        return
    for row in world.store.rows():
        account = row.account()
        if account["token_expires_at"] is not None and not row.deleted:
            yield Instant(account["token_expires_at"], "token_expires", account["id"])


def _session_expiries(world: World) -> Iterator[Instant]:
    for session in world.store.sessions():
        if session["expires_at"] is not None:
            yield Instant(session["expires_at"], "session_expires", session["session_token"])


def _attempts(world: World) -> Iterator[Instant]:
    for url in world.outbox.urls():
        at = world.outbox.due_at(url)
        if at is not None:
            yield Instant(iso(at), "webhook_attempt", url)
