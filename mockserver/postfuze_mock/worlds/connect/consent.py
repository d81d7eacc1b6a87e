"""A customer's decision on the consent screen, and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple, cast

from postfuze_fixtures import generator
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account, Authorization, Page
from postfuze_mock.worlds.connect import auth_urls, pending, sessions
from postfuze_mock.worlds.world import World

#: How many pages the screen can offer.
MAX_PAGES: Final = 500
#: How many accounts it offers to reconnect, and among how many it looks for them.
_MAX_RECONNECTABLE, _MAX_CANDIDATES = 10, 100

#: `approve` what was selected, `deny`; `expired`: approve it, but return when the session is over; `error`: the
#: platform fails.
Kind = Literal["approve", "deny", "expired", "error"]
_ERRORS: Final = {"deny": "access_denied", "error": "server_error"}


class Decision(NamedTuple):
    """A customer's decision. It approves the first `pages` pages on offer, or those with the ids `page_ids`."""

    kind: Kind
    pages: int = 1
    page_ids: tuple[str, ...] | None = None


def pages_on_offer(world: World, attempt: Authorization, n: int) -> list[Page]:
    """The first `n` pages of the customer, all new to this organization."""
    pages = generator.pages(world.seed, world.name, attempt["count"], attempt["platform"], n, auth_urls.LOG)
    return cast(list[Page], pages)


def reconnectable(world: World, attempt: Authorization) -> list[Account]:
    """Some accounts of the attempt's platform and tenant: first those that are not active, then the newest."""
    where = {"platform": attempt["platform"]}
    if attempt["tenant_id"] is not None:
        where["tenant_id"] = attempt["tenant_id"]
    accounts = [row.account() for row in world.store.page(where, None, _MAX_CANDIDATES)]
    return sorted(accounts, key=lambda account: account["status"] == "active")[:_MAX_RECONNECTABLE]


def decide(world: World, attempt: Authorization, decision: Decision) -> dict[str, str]:
    """The outcome, as redirect parameters (assumption `pending.redirect-parameters`): `status`, and `account_ids`,
    `session_token` or `error`. Raises problems, with nothing decided: 400 for pages that are not on offer or too few,
    409 if too many sessions are pending, 410 if the attempt is decided already."""
    pages = _approved_pages(world, attempt, decision)
    if len(pages) > 1 and decision.kind not in _ERRORS:
        sessions.make_room(world)
    auth_urls.decide(world, attempt)
    outcome = _outcome(world, attempt, decision, pages)
    world.happened(f"connect {outcome.get('error', outcome['status'])}")
    return outcome


def _outcome(world: World, attempt: Authorization, decision: Decision, pages: Sequence[Page]) -> dict[str, str]:
    if decision.kind in _ERRORS:
        return _failed(_ERRORS[decision.kind])
    if not pages:
        return _failed("no_accounts")
    if len(pages) == 1:
        return _connected(world, attempt, pages[0])
    session: dict[str, Any] = {"network": attempt["platform"], "tenant_id": attempt["tenant_id"], "pages": pages}
    if decision.kind == "expired":
        session["expires_in"] = 0
    return {"status": "pending", "session_token": sessions.mint(world, session, world.clock.now())["session_token"]}


def _approved_pages(world: World, attempt: Authorization, decision: Decision) -> list[Page]:
    if decision.page_ids is None:
        pages = pages_on_offer(world, attempt, decision.pages)
    else:
        pages_by_id = {page["id"]: page for page in pages_on_offer(world, attempt, MAX_PAGES)}
        ids = dict.fromkeys(decision.page_ids)
        pages = [pages_by_id[id] if id in pages_by_id else _page_of(world, attempt, id) for id in ids]
    if decision.kind == "expired" and len(pages) < 2:
        raise _refused("A session is made for several pages: decision=expired takes at least two.")
    return pages


def _page_of(world: World, attempt: Authorization, id: str) -> Page:
    """The page of an account that the organization has, or had."""
    account = pending.account_of_page(world, attempt["platform"], id)
    if account is None:
        raise _refused(f"page: {id} is neither on offer here nor the page of an account.")
    return {
        "id": id,
        "type": account["account_type"],
        "name": account["display_name"] or account["username"] or id,
        "username": account["username"],
        "profilePictureUrl": account["profile_image_url"],
    }


def _connected(world: World, attempt: Authorization, page: Page) -> dict[str, str]:
    try:
        account = pending.connect(world, attempt, page)
    except Problem as refusal:  # choice `finalize.standing-account`
        if refusal.status != 409:
            raise
        return _failed("already_connected")
    return {"status": "connected", "account_ids": account["id"]}


def _refused(detail: str) -> Problem:
    return Problem(400, detail, rule="connect.decision", code="validation_failed")


def _failed(error: str) -> dict[str, str]:
    return {"status": "error", "error": error}
