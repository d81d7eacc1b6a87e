"""Pending sessions: created with a token that is unique on the server, and valid until they expire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import LAST, SECOND_MS, iso, parse_iso
from postfuze_mock.domain.choices import DURATIONS
from postfuze_mock.problems import Problem, refused
from postfuze_mock.records import Session
from postfuze_mock.worlds.world import World

#: How many sessions can be pending in a world; the schemas of states and of world files have the same number.
MAX_PENDING: Final = 10_000
#: The log of the tokens that are used or expired, and how many of them a world remembers.
PAST: Final = "past sessions"
MAX_PAST: Final = 10_000
USED: Final = "connect.once"
_CODES: Final = {"409": "conflict", "410": "gone"}


def mint(world: World, fields: Mapping[str, Any], created: int) -> Session:
    """Create a pending session at `created` (ms). `fields` are those of a world file or the control API: `network`,
    `pages` (a number, or the pages), and optionally `tenant_id`, `expires_in` (seconds; null for never), `token`,
    `account_ids`. Raises problems: 400 for repeated pages, 409 if too many sessions are pending."""
    pages = fields["pages"]
    if not isinstance(pages, int):
        refuse_repeated_pages(pages, "/pages")
    make_room(world)
    count = world.store.next("session")
    session: Session = {
        "session_token": fields.get("token") or generator.token(world.seed, world.name, "session", count),
        "network": fields["network"],
        "tenant_id": fields.get("tenant_id"),
        "expires_at": _expires_at(world, fields, created),
        "pages": generator.complete_pages(
            [{}] * pages if isinstance(pages, int) else pages,
            seed=world.seed,
            world=world.name,
            count=count,
            network=fields["network"],
        ),  # type: ignore[typeddict-item]
        "account_ids": list(fields.get("account_ids", ())),
    }
    return store(world, session)


def store(world: World, session: Session) -> Session:
    """Store `session`, with a new token where another world holds its own."""
    expires_at = session["expires_at"]
    if expires_at is not None:  # the store compares these, so a saved one becomes the same instant in our format
        session = {**session, "expires_at": iso(parse_iso(expires_at))}
    while not world.context.tokens.claim(session["session_token"], world.name):
        token = generator.token(world.seed, world.name, "session", world.store.next("session"))
        session = {**session, "session_token": token}
    world.store.put_session(session)
    return session


def make_room(world: World) -> None:
    """Make room for one more session: if too many are pending, those that have expired go. Raises a 409 problem if none
    has."""
    if world.store.session_count() < MAX_PENDING:
        return
    expired = world.store.expire_sessions(world.now())
    for token in expired:
        remember(world, token)
    if not expired:
        remedy = "finalize some, let them expire (POST /_mock/clock/advance), or reset the world"
        detail = f"This world has {MAX_PENDING} pending sessions, which is the most it can have: {remedy}."
        raise Problem(409, detail, rule="sessions.most", code="conflict")


def remember(world: World, token: str) -> None:
    """Remember that `token` was issued here, although its session is not pending any more; the oldest of these tokens
    are forgotten."""
    forgotten = world.store.append(PAST, token, {}, MAX_PAST)
    if forgotten is not None:
        world.context.tokens.forget(forgotten)


def to_finalize(world: World | None, token: str) -> tuple[World, Session]:
    """As `living`, with the problems of finalizing (choices `finalize.used-session`, `finalize.expired-session`)."""
    try:
        return living(world, token)
    except Problem as problem:
        if world is None:
            raise
        choices, rule = world.choices, problem.rule
        raise _over(choices.finalize_used_session if rule == USED else choices.finalize_expired_session, rule) from None


def living(world: World | None, token: str) -> tuple[World, Session]:
    """The pending session of `token`, and its world. Raises a 404 problem if it is unknown, used or expired."""
    if world is None:
        raise gone()
    session = world.store.session(token)
    if session is None:
        raise gone(rule=USED)
    if _is_over(session, world.clock.now()):
        raise gone(rule="connect.expired-session")
    return world, session


def gone(*, rule: str = "connect.unknown-session") -> Problem:
    """The problem for a session that is unknown, used or expired."""
    return Problem(404, "This session is unknown or has expired.", rule=rule, code="not_found")


def used(world: World) -> Problem:
    """The problem for finalizing a session that is used (choice `finalize.used-session`)."""
    return _over(world.choices.finalize_used_session, USED)


def _over(status: str, rule: str) -> Problem:
    if status == "404":
        return gone(rule=rule)
    return Problem(int(status), "This session is over.", rule=rule, code=_CODES[status])


def to_dict(session: Session) -> dict[str, Any]:
    """`session` as the control API returns it."""
    return {name: value for name, value in session.items() if name != "account_ids"}


def refuse_repeated_pages(pages: Sequence[Mapping[str, Any]], pointer: str) -> None:
    """Raises a 400 problem, at `pointer`, if two pages have the same id."""
    ids: set[str] = set()
    for id in (page["id"] for page in pages if "id" in page):
        if id in ids:
            raise refused(pointer, f"the page {id} appears twice")
        ids.add(id)


def _expires_at(world: World, fields: Mapping[str, Any], created: int) -> str | None:
    lifetime = DURATIONS[world.choices.sessions_lifetime]
    if "expires_in" in fields:
        if fields["expires_in"] is None:
            return None
        lifetime = fields["expires_in"] * SECOND_MS
    return iso(min(created + lifetime, LAST))


def _is_over(session: Session, now: int) -> bool:
    return session["expires_at"] is not None and parse_iso(session["expires_at"]) <= now
