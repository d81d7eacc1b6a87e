"""Correct: lists that are late for a moment, and answers that ask to come back."""

from __future__ import annotations

from itertools import count

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

from postfuze_mock.records import encode
from postfuze_mock.worlds.accounts import accounts, editing
from postfuze_mock.worlds.world import World

LIST, FINALIZE, DELETE = "listSocialAccounts", "finalizeConnection", "deleteSocialAccount"


def cached(mock: Mock, seconds: float) -> None:
    """Answer lists from a cache for so long, by the clock of the mock."""
    cache: dict[tuple[str, ...], tuple[int, Response]] = {}

    async def handle(request: Request) -> Response:
        now = mock.world.clock.now()
        key = (request.headers.get("authorization", ""), *map(str, sorted(request.query)))
        if key not in cache or now - cache[key][0] >= seconds * 1000:
            cache[key] = now, await request.send()
        return cache[key][1]

    mock.handle(LIST, handle)


@correct("lists are cached for a second")
def cached_lists(mock: Mock) -> None:
    cached(mock, 1.0)


def _touches(world: World, count: int) -> None:
    """Change `updated_at` of an account, as a job does."""
    if count % 3 == 0:
        rows = world.store.page({}, None, 60)
        row = rows[count // 3 % len(rows)]
        account = {**row.account(), "updated_at": world.now()}
        world.store.compare_and_set(row.account()["id"], row, encode(account, row.unseen()))


@correct("lists are cached for a second, while a job touches accounts")
def cached_lists_and_a_job(mock: Mock) -> None:
    cached(mock, 1.0)
    mock.background.append(_touches)


def _comes_and_goes(world: World, count: int) -> None:
    """Create an account, and delete one that was created earlier."""
    if count % 5 == 0:
        editing.create_account(world, {"platform": "x", "username": "seasonal", "tenant_id": "tenant_42"})
    rows = world.store.page({"username": "seasonal"}, None, 40) if count % 5 == 1 else []
    for row in rows[10:]:
        accounts.delete(world, row.account()["id"])


@correct("lists are cached for a second, while accounts come and go")
def cached_lists_and_changes(mock: Mock) -> None:
    cached(mock, 1.0)
    mock.background.append(_comes_and_goes)


@correct("a replica serves lists, 300 ms after the changes")
def replica(mock: Mock) -> None:
    """After a change, lists answer as before it for 300 ms, by the clock of the mock."""
    before: dict[tuple[str, ...], Response] = {}
    until = 0.0

    async def handle(request: Request) -> Response:
        nonlocal until
        now = mock.world.clock.now()
        if request.operation in (FINALIZE, DELETE):
            response = await request.send()
            until = now + 300 if response.status < 300 else until
            return response
        if request.operation != LIST:
            return await request.send()
        key = (request.headers.get("authorization", ""), *map(str, sorted(request.query)))
        if now >= until or key not in before:
            before[key] = await request.send()
        return before[key]

    mock.handle("*", handle)


@correct("every fortieth list answers 503 with Retry-After")
def busy(mock: Mock) -> None:
    numbers = count(1)
    problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": None}

    async def handle(request: Request) -> Response:
        if next(numbers) % 40 == 0:
            return Response.of(503, problem, "application/problem+json").with_body(problem, retry_after="1")
        return await request.send()

    mock.handle(LIST, handle)
