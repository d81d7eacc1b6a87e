"""Broken: series of snapshots."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.domain import snapshots, windows

METRICS = "getSocialAccountMetrics"
Body = dict[str, Any]


def _series(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(METRICS, lambda body: change(body) if "data" in body else body)


def _each(mock: Mock, change: Callable[[Body], Body]) -> None:
    """Change each snapshot of a series."""
    _series(mock, lambda body: {**body, "data": [change(each) for each in body["data"]]})


@broken("metrics.series-switch", "`since` alone does not switch to the series")
def since_alone(mock: Mock) -> None:
    mock.requests(METRICS, lambda request: request if "until" in request.parameters else request.without_query("since"))


@broken("metrics.series-switch", "`until` alone does not switch to the series")
def until_alone(mock: Mock) -> None:
    mock.requests(METRICS, lambda request: request if "since" in request.parameters else request.without_query("until"))


@broken("metrics.series-switch", "`until` alone is refused")
def until_alone_refused(mock: Mock) -> None:
    mock.requests(
        METRICS, lambda request: request.with_query(since="?") if [*request.parameters] == ["until"] else request
    )


@broken("metrics.series-switch", "a window in the future gives one value")
def future_is_one_value(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        response = await request.send()
        if response.status == 200 and request.query and response.json.get("data") == []:
            return await request.without_query("since", "until").send()
        return response

    mock.handle(METRICS, handle)


_between = snapshots.between


@broken("metrics.window", "`since` is ignored")
def since_ignored(mock: Mock) -> None:
    mock.replace(snapshots, "between", lambda a, h, _first, last, *rest: _between(a, h, None, last, *rest))


@broken("metrics.window", "`until` is ignored")
def until_ignored(mock: Mock) -> None:
    mock.replace(snapshots, "between", lambda a, h, first, _last, *rest: _between(a, h, first, None, *rest))


@broken("metrics.window", "`since` alone is ignored")
def since_alone_ignored(mock: Mock) -> None:
    mock.replace(
        snapshots,
        "between",
        lambda a, h, first, last, *rest: _between(a, h, None if last is None else first, last, *rest),
    )


@broken("metrics.window", "a window is widened to whole days")
def whole_days(mock: Mock) -> None:
    day = 86_400_000

    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        end = None if last is None else last // day * day + day - 1
        return _between(a, h, None if first is None else first // day * day, end, *rest)

    mock.replace(snapshots, "between", between)


@broken("metrics.window", "a day before `since` is within the window")
def a_day_before(mock: Mock) -> None:
    mock.replace(
        snapshots,
        "between",
        lambda a, h, first, last, *rest: _between(a, h, first and first - 86_400_000, last, *rest),
    )


@broken("metrics.full-series", "without `until`, a window has the first thirty snapshots")
def thirty_at_most(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "data": body["data"][:30]})


@broken("metrics.full-series", "a window has its last ten snapshots")
def last_ten(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "data": body["data"][-10:]})


@broken("metrics.full-series", "a snapshot of each week is left out")
def without_sundays(mock: Mock) -> None:
    def sunday(each: Body) -> bool:
        return (parse_iso(each["captured_at"]) // 86_400_000 + 4) % 7 == 0

    full: dict[str, list[Body]] = {}

    def change(body: Body) -> Body:
        data = body["data"]
        full[body["social_account_id"]] = data
        return {**body, "data": [each for each in data if not sunday(each) or len(data) < 8]}

    _series(mock, change)


@broken("metrics.full-series", "the latest snapshot is in no series")
def without_the_latest(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, now: int, choices: Any) -> list[Body]:
        return _between(a, h, first, last, now - 86_400_000, choices)

    mock.replace(snapshots, "between", between)


@broken("metrics.full-series", "a long window has one snapshot a week")
def weekly(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "data": body["data"][::7] if len(body["data"]) > 31 else body["data"]})


@broken("metrics.oldest-first", "a series has the newest first")
def newest_first(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "data": body["data"][::-1]})


@broken("metrics.oldest-first", "with `until` alone, a series has the newest first")
def newest_first_sometimes(mock: Mock) -> None:
    mock.responses(
        METRICS,
        lambda request, response: (
            response.with_body({**response.json, "data": response.json["data"][::-1]})
            if response.status == 200 and request.parameters.keys() == {"until"}
            else response
        ),
    )


@broken("metrics.oldest-first", "a series is ordered by followers")
def by_followers(mock: Mock) -> None:
    def key(each: Body) -> int:
        return int(each.get("impressions") or each.get("followers") or 0)

    _series(mock, lambda body: {**body, "data": sorted(body["data"], key=key)})


_instant = windows.instant


@broken("metrics.unix-and-iso", "unix seconds are read as milliseconds")
def seconds_for_milliseconds(mock: Mock) -> None:
    mock.replace(windows, "instant", lambda text: int(text) if text.isdigit() else _instant(text))


@broken("metrics.unix-and-iso", "an offset is ignored")
def offset_ignored(mock: Mock) -> None:
    def instant(text: str) -> int:
        return _instant(re.sub(r"(?<=[:.\d])[+\- ]\d\d:\d\d$", "Z", text) if "T" in text else text)

    mock.replace(windows, "instant", instant)


@broken("metrics.unix-and-iso", "unix seconds are refused")
def unix_refused(mock: Mock) -> None:
    def instant(text: str) -> int:
        if text.isdigit():
            raise ValueError(text)
        return _instant(text)

    mock.replace(windows, "instant", instant)


@broken("metrics.unix-and-iso", "unix seconds are cut to the day")
def unix_cut_to_the_day(mock: Mock) -> None:
    mock.replace(
        windows,
        "instant",
        lambda text: _instant(text) // 86_400_000 * 86_400_000 if text.isdigit() else _instant(text),
    )


@broken("metrics.unix-and-iso", "unix seconds as `until` are an hour off")
def unix_in_local_time(mock: Mock) -> None:
    mock.replace(windows, "instant", lambda text: _instant(text) + 3 * 3_600_000 * text.isdigit())


@broken("metrics.echo", "the bounds are not repeated")
def no_echo(mock: Mock) -> None:
    _series(mock, lambda body: {name: value for name, value in body.items() if name not in ("since", "until")})


@broken("metrics.echo", "the bounds are echoed the wrong way round")
def echo_swapped(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "since": body["until"], "until": body["since"]})


@broken("metrics.echo", "`since` is the first snapshot's, not the requested one")
def echo_of_what_was_found(mock: Mock) -> None:
    def change(body: Body) -> Body:
        echoes = body["data"] and body["since"]
        return {**body, "since": body["data"][0]["captured_at"] if echoes else body["since"]}

    _series(mock, change)


@broken("metrics.echo", "`until` is echoed as midnight")
def echo_of_the_day(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "until": body["until"] and body["until"][:10] + "T00:00:00.000Z"})


@broken("metrics.series-fields", "snapshots of a series have no `raw`")
def series_without_raw(mock: Mock) -> None:
    _each(mock, lambda each: {name: value for name, value in each.items() if name != "raw"})


@broken("metrics.series-fields", "snapshots of a series name no account")
def series_without_account(mock: Mock) -> None:
    _each(mock, lambda each: {name: value for name, value in each.items() if name != "social_account_id"})


@broken("metrics.series-fields", "the source of a series is `live`")
def series_is_live(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "source": "live"})


@broken("metrics.series-fields", "`captured_at` of a series is in unix seconds")
def series_in_unix_seconds(mock: Mock) -> None:
    _each(mock, lambda each: {**each, "captured_at": parse_iso(each["captured_at"]) // 1000})


@broken("metrics.full-series", "of more than eighty snapshots, the sixth is left out")
def the_sixth_of_many(mock: Mock) -> None:
    def without(body: Body) -> Body:
        data = body["data"]
        return {**body, "data": data[:5] + data[6:] if len(data) > 80 else data}

    _series(mock, without)


@broken("metrics.full-series", "stored snapshots are unavailable while the platform is unreachable")
def no_series_without_a_platform(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        row = mock.world.store.get(request.id)
        unreachable = row is not None and row.unseen().get("behaviour", {}).get("platform") == "unreachable"
        if unreachable and request.parameters.keys() & {"since", "until"}:
            problem = {"type": "about:blank", "title": "Bad Gateway", "status": 502, "detail": None}
            return Response.of(502, problem, "application/problem+json")
        return await request.send()

    mock.handle("getSocialAccountMetrics", handle)


def _snapshots(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(
        METRICS, lambda body: {**body, "data": [change(each) for each in body["data"]]} if "data" in body else body
    )


@broken("metrics.series-fields", "the snapshots of a series name another network")
def series_of_another_network(mock: Mock) -> None:
    _snapshots(mock, lambda each: {**each, "network": "myspace"})


@broken("metrics.series-fields", "the counts of a series are strings")
def series_in_texts(mock: Mock) -> None:
    _snapshots(mock, lambda each: {**each, "followers": str(each["followers"])})


@broken("metrics.full-series", "the first snapshot of a window is left out")
def without_the_first(mock: Mock) -> None:
    mock.bodies(METRICS, lambda body: {**body, "data": body["data"][1:]} if "data" in body else body)
