"""The end of the connect flow: the pages of a pending session, and the accounts that the selected pages become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from postfuze_mock.domain import connect as rules
from postfuze_mock.domain.lifecycle import Change
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account, Authorization, Page, Row, Session, encode, encoded
from postfuze_mock.worlds import bounds
from postfuze_mock.worlds.accounts.accounts import replace
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.world import World


def pages(world: World | None, token: str) -> dict[str, Any]:
    """The platform and the pages on offer. Raises a 404 problem if the session is unknown or expired."""
    world, session = sessions.living(world, token)
    offered = [rules.page_to_dict(page, world.choices) for page in session["pages"]]
    return {"network": session["network"], "availablePages": offered}


def finalize(world: World | None, token: str, page_ids: Sequence[str]) -> dict[str, Any]:
    """Connect the pages and consume the session; a refused request leaves both as they were. Raises problems: 404 for
    a session that is not pending (any more), 422 (choice `finalize.unknown-page`) for pages that it does not offer, 409
    if the world is full."""
    world, session = sessions.to_finalize(world, token)
    changes = _changes(world, session, rules.select(session, page_ids, world.choices))
    if world.store.take(token) is None:  # only one of several concurrent calls gets it
        raise sessions.used(world)
    sessions.remember(world, token)
    for change in changes:
        _apply(world, change)
    return {"connectedAccounts": [rules.to_dict(change.account, world.choices) for change in changes]}


def connect(world: World, attempt: Authorization, page: Page) -> Account:
    """Connect the only page that was approved, without a session. Returns the account. Raises a 409 problem if it
    may not be reconnected."""
    session: Session = {
        "session_token": "",
        "network": attempt["platform"],
        "tenant_id": attempt["tenant_id"],
        "expires_at": None,
        "pages": [page],
    }
    (change,) = _changes(world, session, [page])
    _apply(world, change)
    return change.account


def account_of_page(world: World, platform: str, id: str) -> Account | None:
    """The account that the organization has for the page, or had."""
    return _connected(world, platform, id) or _deleted(world, platform).get(id)


def _changes(world: World, session: Session, pages: Sequence[Page]) -> list[Change]:
    platform = session["network"]
    accounts = {page["id"]: _connected(world, platform, page["id"]) for page in pages}
    if None in accounts.values():
        bounds.refuse_more(world)
    return rules.finalize(
        session,
        pages,
        standing={id: account for id, account in accounts.items() if account is not None},
        deleted=lambda: _deleted(world, platform),
        network_id=world.networks[platform],
        ids=_ids(world, session),
        now=world.clock.now(),
        choices=world.choices,
    )


def _ids(world: World, session: Session) -> Iterator[str]:
    for id in session.get("account_ids", ()):
        if world.store.get(id) is None:
            yield id
    while True:
        yield world.next_account()[1]


def _connected(world: World, platform: str, id: str) -> Account | None:
    rows = world.store.page({"platform": platform, "network_unique_id": id}, None, 1)
    return rows[0].account() if rows else None


def _deleted(world: World, platform: str) -> dict[str, Account]:
    accounts = [row.account() for row in world.store.rows() if row.deleted]
    return {each["network_unique_id"]: each for each in accounts if each["platform"] == platform}


def _apply(world: World, change: Change) -> None:
    row = world.store.get(change.account["id"])
    if row is not None:
        replace(world, row, Row(encoded(change.account), row.hidden))
    elif not world.store.insert(encode(change.account)):
        detail = "The account was connected by another call; try again."
        raise Problem(409, detail, rule="accounts.conflict", code="conflict")
    world.fire_all(change.events, change.account)
