"""What a customer decides on the consent screen, and what becomes of it."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, cast

from postfuze_fixtures import generator
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account, Authorization, Page
from postfuze_mock.worlds.connect import auth_urls, pending, sessions
from postfuze_mock.worlds.world import World

#: How many pages a customer can have, as far as the screen goes.
MOST: Final = 500
_RECONNECTABLE, _LOOKED_AT = 10, 100

#: `approve` what was selected, `deny`; `expired`: approve it, but return when the session is over; `error`: the
#: platform fails.
Kind = Literal["approve", "deny", "expired", "error"]
_ERRORS: Final = {"deny": "access_denied", "error": "server_error"}


class Decision(NamedTuple):
    """A customer's decision. Approved are the first `pages` on offer, or the pages with the ids `page_ids`."""

    kind: Kind
    pages: int = 1
    page_ids: tuple[str, ...] | None = None


def offered(world: World, started: Authorization, n: int) -> list[Page]:
    """The first `n` pages that the customer has and this organization never saw."""
    made = generator.pages(world.seed, world.name, started["count"], started["platform"], n, auth_urls.LOG)
    return cast(list[Page], made)


def reconnectable(world: World, started: Authorization) -> list[Account]:
    """Some accounts that are connected already, of the attempt's platform and tenant: those first that are not active,
    then the newest."""
    where = {"platform": started["platform"]}
    if started["tenant_id"] is not None:
        where["tenant_id"] = started["tenant_id"]
    accounts = [row.account() for row in world.store.page(where, None, _LOOKED_AT)]
    return sorted(accounts, key=lambda account: account["status"] == "active")[:_RECONNECTABLE]


def decide(world: World, started: Authorization, decision: Decision) -> dict[str, str]:
    """The outcome, as the redirect tells it (assumption `pending.redirect-parameters`): `status`, and `account_ids`,
    `session_token` or `error`. Raises problems, with nothing decided: 400 for pages that are not on offer or too few,
    410 where a decision has been taken."""
    pages = _approved(world, started, decision)
    auth_urls.use(world, started)
    if decision.kind in _ERRORS:
        return _failed(_ERRORS[decision.kind])
    if not pages:
        return _failed("no_accounts")
    if len(pages) == 1:
        return _connected(world, started, pages[0])
    wanted: dict[str, Any] = {"network": started["platform"], "tenant_id": started["tenant_id"], "pages": pages}
    if decision.kind == "expired":
        wanted["expires_in"] = 0
    return {"status": "pending", "session_token": sessions.mint(world, wanted, world.clock.now())["session_token"]}


def _approved(world: World, started: Authorization, decision: Decision) -> list[Page]:
    if decision.page_ids is None:
        pages = offered(world, started, decision.pages)
    else:
        made = {page["id"]: page for page in offered(world, started, MOST)}
        ids = dict.fromkeys(decision.page_ids)
        pages = [made[id] if id in made else _page_of(world, started, id) for id in ids]
    if decision.kind == "expired" and len(pages) < 2:
        raise _refused("A session is made for several pages: decision=expired takes at least two.")
    return pages


def _page_of(world: World, started: Authorization, id: str) -> Page:
    """The page whose account the organization has, or had."""
    account = pending.account_of_page(world, started["platform"], id)
    if account is None:
        raise _refused(f"page: {id} is no page that is on offer here, nor that of an account.")
    return {
        "id": id,
        "type": account["account_type"],
        "name": account["display_name"] or account["username"] or id,
        "username": account["username"],
        "profilePictureUrl": account["profile_image_url"],
    }


def _connected(world: World, started: Authorization, page: Page) -> dict[str, str]:
    try:
        account = pending.at_once(world, started, page)
    except Problem as refusal:  # choice `finalize.standing-account`
        if refusal.status != 409:
            raise
        return _failed("already_connected")
    return {"status": "connected", "account_ids": account["id"]}


def _refused(detail: str) -> Problem:
    return Problem(400, detail, rule="connect.decision", code="validation_failed")


def _failed(error: str) -> dict[str, str]:
    return {"status": "error", "error": error}
