"""Correct: metrics and health that differ where the documents are silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import health, metrics, snapshots
from postfuze_mock.problems import Problem

METRICS, HEALTH = "getSocialAccountMetrics", "getSocialAccountHealth"
NUMBERS = ("followers", "following", "posts_count", "impressions", "reach", "profile_views")
DAY = 86_400_000
Body = dict[str, Any]
_between, _latest = snapshots.between, snapshots.latest


def _stored(mock: Mock, change: Callable[[list[Body]], list[Body]]) -> None:
    """Store other snapshots, for series and for the fallback alike."""

    def between(a: Body, h: Body, first: int | None, last: int | None, now: int, choices: Any) -> list[Body]:
        rows = change(_between(a, h, None, None, now, choices))
        at = [parse_iso(each["captured_at"]) for each in rows]
        pairs = zip(rows, at, strict=True)
        return [each for each, at in pairs if (first is None or first <= at) and (last is None or at <= last)]

    def latest(a: Body, h: Body, now: int, choices: Any) -> Body | None:
        return next(reversed(between(a, h, None, None, now, choices)), None)

    mock.replace(snapshots, "between", between)
    mock.replace(snapshots, "latest", latest)


@correct("no snapshot is captured on Sundays, and none for a month in spring")
def gaps(mock: Mock) -> None:
    def captured(each: Body) -> bool:
        day = parse_iso(each["captured_at"]) // DAY
        return (day + 4) % 7 != 0 and not 20 <= day % 90 < 50

    _stored(mock, lambda data: [each for each in data if captured(each)])


@correct("snapshots are captured every six hours, those of midnight twice")
def several_a_day(mock: Mock) -> None:
    def moved(each: Body, hours: int) -> Body:
        return {**each, "captured_at": iso(parse_iso(each["captured_at"]) - hours * 3_600_000)}

    _stored(mock, lambda data: [moved(each, hours) for each in data for hours in (18, 12, 6, 6, 0)])


@correct("one snapshot a week is captured")
def weekly(mock: Mock) -> None:
    _stored(mock, lambda data: data[::7])


@correct("accounts without followers: every stored count is zero")
def nobody_follows(mock: Mock) -> None:
    _stored(mock, lambda data: [{name: 0 if name in NUMBERS else each[name] for name in each} for each in data])


@correct("snapshots have times of a few seconds and microseconds past the hour")
def uneven_times(mock: Mock) -> None:
    def moved(each: Body) -> Body:
        at = parse_iso(each["captured_at"])
        return {**each, "captured_at": iso(at + at // DAY % 7 * 1_234)}

    _stored(mock, lambda data: [moved(each) for each in data])


def _bounds(mock: Mock, since: int, until: int) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        return _between(a, h, first and first + since, last and last - until, *rest)

    mock.replace(snapshots, "between", between)


@correct("a snapshot at `since` is not within the window")
def since_exclusive(mock: Mock) -> None:
    _bounds(mock, 1, 0)


@correct("a snapshot at either bound is not within the window")
def both_exclusive(mock: Mock) -> None:
    _bounds(mock, 1, 1)


@correct("bounds are echoed as numbers of unix seconds")
def echo_in_numbers(mock: Mock) -> None:
    def number(text: str | None) -> int | float | None:
        at = None if text is None else parse_iso(text) / 1000
        return int(at) if at is not None and at % 1 == 0 else at

    def change(body: Body) -> Body:
        return {**body, "since": number(body["since"]), "until": number(body["until"])} if "data" in body else body

    mock.bodies(METRICS, change)


@correct("metrics that a platform does not give are null")
def nulls(mock: Mock) -> None:
    def filled(value: Body) -> Body:
        return {**dict.fromkeys(NUMBERS), **value}

    def change(body: Body) -> Body:
        if "data" in body:
            return {**body, "data": [filled(each) for each in body["data"]]}
        return filled(body) if "source" in body else body

    mock.bodies(METRICS, change)


@correct("the response without metrics has the other fields too, all null")
def none_with_nulls(mock: Mock) -> None:
    names = ("network", "source", "captured_at", "raw", *NUMBERS)
    mock.bodies(METRICS, lambda body: {**dict.fromkeys(names), **body} if "message" in body else body)


@correct("fallbacks and the snapshots of series have a few fields more")
def more_of_snapshots(mock: Mock) -> None:
    def more(value: Body) -> Body:
        return {**value, "id": 7, "source": "snapshot", "metrics": {"likes": 3}, "likes_count": 3}

    def change(body: Body) -> Body:
        if "data" in body:
            return {**body, "network": "x", "next_cursor": None, "data": [more(each) for each in body["data"]]}
        return more(body) if body.get("source") == "snapshot" else body

    mock.bodies(METRICS, change)


@correct("each live pull is stored, and times are of whole seconds")
def stored_to_the_second(mock: Mock) -> None:
    mock.settings = replace(mock.settings, assume={"metrics.live-snapshot": "stored"})
    current = metrics.current
    mock.replace(
        metrics, "current", lambda account, unseen, now, *rest: current(account, unseen, now // 1000 * 1000, *rest)
    )


@correct("no platform can be reached")
def nothing_reached(mock: Mock) -> None:
    mock.document = {"generate": 0, "accounts": [_unreached(each) for each in ("x", "facebook", "tiktok", "reddit")]}


def _unreached(platform: str) -> Body:
    return {"platform": platform, "behaviour": {"platform": "unreachable", "snapshots": 40}}


@correct("now and then metrics and health checks answer 503, with Retry-After")
def now_and_then_503(mock: Mock) -> None:
    count = 0

    async def handle(request: Request) -> Response:
        nonlocal count
        count += 1
        response = await request.send()
        if count % 40 or response.status != 200:
            return response
        problem = Problem(503, "Try again.").document()
        return response.with_body(problem, 503, retry_after="1", content_type="application/problem+json")

    for operation in (METRICS, HEALTH):
        mock.handle(operation, handle)


@correct("accounts of platforms whose adapters cannot probe are most of them")
def few_probed(mock: Mock) -> None:
    probeable = health._probeable
    mock.replace(
        health,
        "_probeable",
        lambda account, behaviour: probeable(account, behaviour) and account["platform"] in ("x", "facebook"),
    )


@correct("health checks show the time of a machine that is four seconds behind")
def checked_behind(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {**body, "checked_at": iso(parse_iso(body["checked_at"]) - 4000)}

    mock.bodies(HEALTH, change)


@correct("a status in words of its own: `Active since 2024` is not documented")
def wordy_status(mock: Mock) -> None:
    mock.document = {
        "accounts": [{"platform": "x", "status": "ACTIVE_LIMITED"}, {"platform": "tiktok", "status": "Paused"}]
    }
