"""Correct: health checks and metrics of deployments with background jobs, other precisions and clocks that differ."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import health as rules
from postfuze_mock.domain import snapshots
from postfuze_mock.domain.lifecycle import ACTIVE, TOKEN_EXPIRED
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.records import Account, encode
from postfuze_mock.worlds.world import World

LIST, GET, HEALTH, METRICS = (
    "listSocialAccounts",
    "getSocialAccount",
    "getSocialAccountHealth",
    "getSocialAccountMetrics",
)
PLATFORMS = ("x", "facebook", "tiktok", "reddit", "pinterest")
Body = dict[str, Any]
_between = snapshots.between


def _expiring(platform: str, seconds: int, **more: Any) -> Body:
    """An account whose token expires in so many seconds."""
    return {"platform": platform, "token_expires_at": iso(time.time_ns() // 1_000_000 + seconds * 1000), **more}


def _job(mock: Mock, change: Callable[[Account, int], Account]) -> None:
    """Let a background job change the accounts one after the other."""

    def run(world: World, count: int) -> None:
        rows = world.store.page({}, None, 200)
        row = rows[count % len(rows)]
        account = change(row.account(), world.clock.now())
        if account != row.account():
            world.store.compare_and_set(account["id"], row, encode(account, row.unseen()))

    mock.background.append(run)


def _has_expired(account: Account, now: int) -> bool:
    return account["token_expires_at"] is not None and parse_iso(account["token_expires_at"]) <= now


@correct("a job refreshes tokens that have expired, also of accounts that are token_expired")
def refreshing_job(mock: Mock) -> None:
    mock.document = {"accounts": [_expiring(each, -60, behaviour={"refresh": "fails"}) for each in PLATFORMS]}

    def change(account: Account, now: int) -> Account:
        if not _has_expired(account, now) or account["status"] not in (ACTIVE, TOKEN_EXPIRED):
            return account
        return {**account, "status": ACTIVE, "token_expires_at": iso(now + 7_200_000), "updated_at": iso(now)}

    _job(mock, change)


@correct("a job makes accounts token_expired whose tokens have expired")
def flipping_job(mock: Mock) -> None:
    mock.document = {"accounts": [_expiring(each, seconds) for each in PLATFORMS for seconds in (-5, 1, 3)]}

    def change(account: Account, now: int) -> Account:
        flips = account["status"] == ACTIVE and _has_expired(account, now)
        return {**account, "status": TOKEN_EXPIRED, "updated_at": iso(now)} if flips else account

    _job(mock, change)


@correct("accounts show their times in whole seconds, health checks in milliseconds")
def coarse_accounts(mock: Mock) -> None:
    def cut(account: Body) -> Body:
        return {name: _cut(value) if name.endswith("_at") else value for name, value in account.items()}

    mock.bodies(GET, cut)
    mock.bodies(LIST, lambda body: {**body, "data": [cut(row) for row in body["data"]]})


def _cut(text: str | None) -> str | None:
    return text and text[:19] + "Z"


@correct("no platform adapter can probe")
def nothing_probed(mock: Mock) -> None:
    mock.replace(rules, "_probeable", lambda *_: False)


@correct("health checks leave out what is null")
def nulls_left_out(mock: Mock) -> None:
    mock.bodies(HEALTH, lambda body: {name: value for name, value in body.items() if value is not None})


@correct("without a probe, a token counts as expired half an hour before it is")
def early_expiry(mock: Mock) -> None:
    mock.document = {"accounts": [_expiring("pinterest", seconds) for seconds in (30, 600, 1700, 7200)]}
    stored_error = rules._stored_error
    mock.replace(rules, "_stored_error", lambda account, now: stored_error(account, now + 1_800_000))


@correct("tokens are refreshed a day before they expire")
def early_refresh(mock: Mock) -> None:
    def near(expires_at: str | None, now: int, _choices: object) -> bool:
        return expires_at is not None and parse_iso(expires_at) - now < 86_400_000

    mock.replace(rules, "_near_expiry", near)


@correct("snapshots are stored with microseconds, of which milliseconds show")
def hidden_microseconds(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        # All are captured a bit later than they show, so a window up to what shows is without them.
        rows = _between(a, h, first and first - 123, last and last - 124, *rest)
        return [{**each, "captured_at": iso(parse_iso(each["captured_at"]) + 123)} for each in rows]

    latest = snapshots.latest

    def moved(*arguments: Any) -> Body | None:
        row = latest(*arguments)
        return row and {**row, "captured_at": iso(parse_iso(row["captured_at"]) + 123)}

    mock.replace(snapshots, "between", between)
    mock.replace(snapshots, "latest", moved)


@correct("metrics and health come from two machines, whose clocks are three seconds apart")
def two_machines(mock: Mock) -> None:
    count = 0

    def change(body: Body) -> Body:
        nonlocal count
        count += 1
        names = [name for name in ("checked_at", "captured_at") if body.get(name) and body.get("source") != "snapshot"]
        return {**body, **{name: iso(parse_iso(body[name]) - count % 2 * 3000) for name in names}}

    mock.bodies(HEALTH, change)
    mock.bodies(METRICS, change)


@correct("single values show their times in whole seconds, series in milliseconds")
def coarse_values(mock: Mock) -> None:
    _bodies_with_milliseconds(mock)
    mock.bodies(
        METRICS, lambda body: {**body, "captured_at": _cut(body["captured_at"])} if "captured_at" in body else body
    )


def _bodies_with_milliseconds(mock: Mock) -> None:
    """Let snapshots be captured a fraction of a second later."""
    between, latest = snapshots.between, snapshots.latest

    def moved(row: Body | None) -> Body | None:
        return row and {**row, "captured_at": iso(parse_iso(row["captured_at"]) + 357)}

    mock.replace(
        snapshots,
        "between",
        lambda a, h, first, last, *rest: [
            moved(row) for row in between(a, h, first and first - 357, last and last - 357, *rest)
        ],
    )
    mock.replace(snapshots, "latest", lambda *arguments: moved(latest(*arguments)))


@correct("health checks and metrics answer 503 with Retry-After every few calls")
def often_down(mock: Mock) -> None:
    count = 0

    async def handle(request: Request) -> Response:
        nonlocal count
        count += 1
        if count % 9 or "authorization" not in request.headers:
            return await request.send()
        problem = Problem(503, "Try again.").document()
        return Response.of(503, problem, CONTENT_TYPE).with_body(problem, retry_after="1")

    mock.handle(HEALTH, handle)
    mock.handle(METRICS, handle)
