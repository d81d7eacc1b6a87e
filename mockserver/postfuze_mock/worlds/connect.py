"""Completing the connect flow: the pages of a pending session, and the accounts that selected ones become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from postfuze_mock.domain import connect as rules
from postfuze_mock.domain.lifecycle import Change
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account, Page, Row, Session, encode, encoded
from postfuze_mock.worlds import sessions
from postfuze_mock.worlds.accounts import replace
from postfuze_mock.worlds.world import World


def pending(world: World | None, token: str) -> dict[str, Any]:
    """The platform and the pages on offer. Raises a 404 problem where the session is unknown or expired."""
    _, session = sessions.living(world, token)
    return {"network": session["network"], "availablePages": session["pages"]}


def finalize(world: World | None, token: str, page_ids: Sequence[str]) -> dict[str, Any]:
    """Connect the pages and consume the session; a refused request leaves both as they were. Raises problems: 404 for
    a session that is not pending (any more), 422 for pages that it does not offer."""
    world, session = sessions.living(world, token)
    pages = rules.select(session, page_ids, world.choices)
    ids = _ids(world, session)
    changes = rules.finalize(
        session,
        pages,
        standing=_standing(world, session, pages),
        deleted=_deleted(world, session) if world.choices.finalize_deleted_account == "same-id" else {},
        network_id=world.networks[session["network"]],
        ids=ids,
        now=world.clock.now(),
        choices=world.choices,
    )
    if world.store.take(token) is None:  # of callers that race for it, one takes it
        raise sessions.gone(rule="connect.once")
    for change in changes:
        _keep(world, change)
    return {"connectedAccounts": [rules.shown(change.account, world.choices) for change in changes]}


def _ids(world: World, session: Session) -> Iterator[str]:
    for id in session.get("account_ids", ()):
        if world.store.get(id) is None:
            yield id
    while True:
        yield world.next_account()[1]


def _standing(world: World, session: Session, pages: Sequence[Page]) -> dict[str, Account]:
    found = {}
    for page in pages:
        rows = world.store.page({"platform": session["network"], "network_unique_id": page["id"]}, None, 1)
        if rows:
            found[page["id"]] = rows[0].account()
    return found


def _deleted(world: World, session: Session) -> dict[str, Account]:
    accounts = [row.account() for row in world.store.rows() if row.deleted]
    return {each["network_unique_id"]: each for each in accounts if each["platform"] == session["network"]}


def _keep(world: World, change: Change) -> None:
    row = world.store.get(change.account["id"])
    if row is not None:
        replace(world, row, Row(encoded(change.account), row.hidden))
    elif not world.store.insert(encode(change.account)):
        detail = "The account was connected by another call; try again."
        raise Problem(409, detail, rule="accounts.conflict", code="conflict")
    world.fire_all(change.events, change.account)
