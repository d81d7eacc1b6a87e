"""Correct: connecting and disconnecting, decided otherwise where the documents are silent, while others work too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from tests.contracts.family.lookups import Where, equal
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Secret
from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain import connect as rules
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.records import Page, Row, Session, encode, sort_key
from postfuze_mock.worlds.accounts import accounts
from postfuze_mock.worlds.world import World

PENDING, FINALIZE, DELETE = "listPendingPages", "finalizeConnection", "deleteSocialAccount"
Body = dict[str, Any]
_select, _grant = rules.select, rules._grant


def _problem(status: int) -> Response:
    return Response.of(status, Problem(status, "No.").document(), CONTENT_TYPE)


def _pages(mock: Mock, change: Callable[[Body], Body]) -> None:
    """Let sessions show their pages otherwise."""
    mock.bodies(PENDING, lambda body: {**body, "availablePages": [change(page) for page in body["availablePages"]]})


@correct("pages have an id and a name, and nothing else")
def bare_pages(mock: Mock) -> None:
    _pages(mock, lambda page: {"id": page["id"], "name": page["name"]})


@correct("pages have an id alone, and their accounts no names")
def pages_of_ids(mock: Mock) -> None:
    _pages(mock, lambda page: {"id": page["id"]})
    _granting(mock, lambda *_: {"username": None, "display_name": None, "account_type": None})


def _granting(mock: Mock, change: Callable[[Body, Page], Body]) -> None:
    def grant(session: Session, page: Page, *more: Any) -> Body:
        fields = _grant(session, page, *more)
        return {**fields, **change(fields, page)}

    mock.replace(rules, "_grant", grant)


@correct("the id of an account on its platform has a prefix there, and its nickname is made up")
def prefixed_ids(mock: Mock) -> None:
    _granting(mock, lambda _, page: {"network_unique_id": f"urn:li:organization:{page['id']}"})
    _nicknames(mock)


@correct("the platform's id of an account has nothing to do with its page's, and all pages have the same name")
def other_ids(mock: Mock) -> None:
    numbers, session = count(1), mock.session

    def minting(**fields: Any) -> Secret:
        return session(**{"pages": [{"name": "Acme", "username": None}] * 3, **fields})

    mock.replace(mock, "session", minting)
    _granting(mock, lambda *_: {"network_unique_id": f"{next(numbers):012d}"})
    _nicknames(mock)


def _nicknames(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {"connectedAccounts": [{**each, "nickname": "A new account"} for each in body["connectedAccounts"]]}

    mock.bodies(FINALIZE, change)


@correct("an unknown page is refused with 403")
def unknown_page_forbidden(mock: Mock) -> None:
    mock.responses(FINALIZE, lambda _, response: _problem(403) if response.status == 422 else response)


@correct("unknown pages are ignored, and if nothing is left nothing is connected, with 200")
def unknown_pages_ignored(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        offered = [id for id in ids if id in {page["id"] for page in session["pages"]}]
        return _select(session, offered, choices) if offered else []

    mock.replace(rules, "select", select)


@correct("finalizing an unknown session gets 401, as the token is what authenticates")
def unknown_session_unauthorized(mock: Mock) -> None:
    mock.responses(FINALIZE, lambda _, response: _problem(401) if response.status == 404 else response)


@correct("a single id is taken for a list, and a number for its digits")
def lenient_selection(mock: Mock) -> None:
    def change(request: Request) -> Request:
        body = request.json
        value = body.get("selectedPageIds") if isinstance(body, dict) else None
        values = [value] if isinstance(value, str | int) else value
        if not isinstance(values, list) or not values or not all(isinstance(each, str | int) for each in values):
            return request
        return request.with_body({"selectedPageIds": [str(each) for each in values]})

    mock.requests(FINALIZE, change)


@correct("disconnecting what is not there is acknowledged with `deleted: false`")
def nothing_to_delete(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        is_missing = response.status == 404 and len(request.id) == 36
        return Response.of(200, {"id": request.id, "deleted": False}) if is_missing else response

    mock.responses(DELETE, change)


@correct("tokens are UUIDs, in any case")
def uuid_tokens(mock: Mock) -> None:
    session, numbers = mock.session, count(1)

    def minting(**fields: Any) -> Secret:
        return session(token=f"a1b2c3d4-0000-4a9f-9b1c-{next(numbers):012x}", **fields)

    def lower(request: Request) -> Request:
        return request.replace(path=request.path.replace(request.id, request.id.lower()))

    mock.replace(mock, "session", minting)
    for operation in (PENDING, FINALIZE):
        mock.requests(operation, lower)


SAME = [{"id": f"10293847561029{number}", "name": f"Acme {number}", "username": f"acme{number}"} for number in range(3)]


def _touch(world: World, number: int) -> None:
    """Update some accounts, as a job that syncs them does, and let a few of them expire and recover."""
    if number % 5:
        return
    for row in world.store.page({}, None, 500)[number % 7 :: 7]:
        account = {**row.account(), "updated_at": iso(world.clock.now())}
        if account["id"] < "1":
            account["status"] = "token_expired" if account["status"] == "active" else "active"
        world.store.compare_and_set(account["id"], row, encode(account, row.unseen()))


@correct("each session offers pages that are connected already, and a job updates accounts all the time")
def busy_jobs(mock: Mock) -> None:
    session = mock.session
    mock.document = {
        "accounts": [
            {"platform": platform, "network_unique_id": page["id"], "username": page["username"]}
            for platform in ("facebook", "instagram", "x")
            for page in SAME
        ]
    }
    mock.settings = replace(mock.settings, assume={**mock.settings.assume, "finalize.unknown-page": "404"})
    mock.replace(mock, "session", lambda **fields: session(**{"pages": SAME, **fields}))
    mock.background.append(_touch)


@correct("lists come from a replica that is 300 milliseconds late")
def late_replica(mock: Mock) -> None:
    def rows(world: World, where: Where, after: str | None, limit: int) -> list[Row]:
        then = iso(world.clock.now() - 300)
        old = [row for row in world.store.page({}, after, 10_000) if row.account()["created_at"] <= then]
        gone = [row.account() for row in world.store.rows() if row.deleted]
        ghosts = [
            encode({**each, "status": "active"}) for each in gone if each["created_at"] <= then < each["updated_at"]
        ]
        ghosts = [row for row in ghosts if after is None or sort_key(row.account()) < after]
        both = sorted([*old, *ghosts], key=lambda row: sort_key(row.account()), reverse=True)
        return [row for row in both if equal(row.account(), where)][:limit]

    mock.replace(accounts, "_rows", rows)


@correct("a cache keeps each list for a second")
def cached_lists(mock: Mock) -> None:
    cache: dict[tuple[str, object], tuple[int, Response]] = {}

    async def handle(request: Request) -> Response:
        key, now = (request.headers.get("authorization", ""), request.query), mock.world.clock.now()
        if key not in cache or now - cache[key][0] > 1000:
            cache[key] = now, await request.send()
        return cache[key][1]

    mock.handle("listSocialAccounts", handle)


@correct("other clients disconnect an account of each organization now and then")
def others_disconnect(mock: Mock) -> None:
    mock.document = {"generate": 400}

    def change(world: World, number: int) -> None:
        if number % 50 == 0:  # twice a second
            for each in (world, mock.other_world):
                rows = each.store.page({}, None, 500)
                accounts.delete(each, rows[number * 7 % len(rows)].account()["id"])

    mock.background.append(change)
