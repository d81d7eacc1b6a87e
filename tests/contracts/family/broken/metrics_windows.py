"""Broken: windows of snapshots, in less common ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import snapshots, windows
from postfuze_mock.problems import Problem

METRICS, DAY = "getSocialAccountMetrics", 86_400_000
Body = dict[str, Any]
_between, _instant = snapshots.between, windows.instant


def _series(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(METRICS, lambda body: change(body) if "data" in body else body)


def _data(mock: Mock, change: Callable[[list[Body]], list[Body]]) -> None:
    _series(mock, lambda body: {**body, "data": change(body["data"])})


@broken("metrics.series-switch", "`since=0` is treated as no bound")
def since_zero(mock: Mock) -> None:
    mock.requests(
        METRICS, lambda request: request.without_query("since") if request.parameters.get("since") == "0" else request
    )


@broken("metrics.series-switch", "both bounds together are refused")
def both_refused(mock: Mock) -> None:
    mock.requests(METRICS, lambda request: request.with_query(since="?") if len(request.parameters) == 2 else request)


@broken("metrics.window", "bounds that are the wrong way round are swapped")
def swapped(mock: Mock) -> None:
    def change(request: Request) -> Request:
        since, until = request.parameters.get("since", ""), request.parameters.get("until", "")
        return (
            request.with_query(since=until, until=since)
            if since[:2] == until[:2] == "20" and since > until
            else request
        )

    mock.requests(METRICS, change)


@broken("metrics.window", "with `since`, `until` is ignored")
def until_ignored_with_since(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        return _between(a, h, first, last if first is None else None, *rest)

    mock.replace(snapshots, "between", between)


@broken("metrics.full-series", "each snapshot comes twice")
def doubled(mock: Mock) -> None:
    _data(mock, lambda data: [each for each in data for _ in range(2)])


@broken("metrics.full-series", "`until` alone reaches back thirty days")
def thirty_days_back(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, now: int, choices: Any) -> list[Body]:
        if first is None and last is not None:
            first = min(last, now) - 30 * DAY
        return _between(a, h, first, last, now, choices)

    mock.replace(snapshots, "between", between)


@broken("metrics.full-series", "a window of more than a week has every second snapshot")
def every_second(mock: Mock) -> None:
    _data(mock, lambda data: data[::2] if len(data) > 7 else data)


@broken("metrics.full-series", "a window of less than a day is empty")
def nothing_within_a_day(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        rows = _between(a, h, first, last, *rest)
        return rows if first is None or last is None or last - first > DAY else []

    mock.replace(snapshots, "between", between)


@broken("metrics.full-series", "windows of less than a day are refused")
def within_a_day_refused(mock: Mock) -> None:
    problem = Problem(400, "The window is too small.", errors=[])

    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        if first is not None and last is not None and first <= last < first + DAY:
            raise problem
        return _between(a, h, first, last, *rest)

    mock.replace(snapshots, "between", between)


@broken("metrics.oldest-first", "with both bounds, a series has the newest first")
def newest_first_of_both(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        both = response.status == 200 and len(request.parameters) == 2
        return response.with_body({**response.json, "data": response.json.get("data", [])[::-1]}) if both else response

    mock.responses(METRICS, change)


@broken("metrics.oldest-first", "the latest snapshot is in front of the others")
def latest_in_front(mock: Mock) -> None:
    _data(mock, lambda data: [*data[-1:], *data[:-1]])


@broken("metrics.unix-and-iso", "the minutes of an offset are ignored")
def whole_hours(mock: Mock) -> None:
    mock.replace(windows, "instant", lambda text: _instant(re.sub(r"(T.*[+\- ]\d\d):\d\d$", r"\1:00", text)))


@broken("metrics.unix-and-iso", "offsets are added instead of subtracted")
def offset_inverted(mock: Mock) -> None:
    def instant(text: str) -> int:
        match = re.search(r"T.*([+\- ])\d\d:\d\d$", text)
        at = match.start(1) if match else 0
        return _instant(text[:at] + {"-": "+"}.get(text[at], "-") + text[at + 1 :] if match else text)

    mock.replace(windows, "instant", instant)


@broken("metrics.unix-and-iso", "ISO 8601 without milliseconds is refused")
def milliseconds_needed(mock: Mock) -> None:
    def instant(text: str) -> int:
        if re.search(r":\d\d(Z|[+\- ]\d\d:\d\d)$", text) and "." not in text:
            raise ValueError(text)
        return _instant(text)

    mock.replace(windows, "instant", instant)


@broken("metrics.echo", "`until` is echoed as null")
def no_echo_of_until(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "until": None})


@broken("metrics.echo", "an empty series echoes no bounds")
def no_echo_of_nothing(mock: Mock) -> None:
    _series(mock, lambda body: body if body["data"] else {**body, "since": None, "until": None})


@broken("metrics.echo", "unix seconds are echoed as a day of 1970")
def echo_of_1970(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        seconds = {name: int(text) for name, text in request.parameters.items() if text.isdigit()}
        if response.status != 200 or "data" not in response.json:
            return response
        return response.with_body({**response.json, **{name: iso(each) for name, each in seconds.items()}})

    mock.responses(METRICS, change)


@broken("metrics.series-fields", "`captured_at` of a series is the time of the request")
def captured_now(mock: Mock) -> None:
    _data(mock, lambda data: [{**each, "captured_at": iso(mock.world.clock.now())} for each in data])


@broken("metrics.series-fields", "`captured_at` of a series is called `date`")
def captured_is_date(mock: Mock) -> None:
    def change(data: list[Body]) -> list[Body]:
        return [{"date" if name == "captured_at" else name: each[name] for name in each} for each in data]

    _data(mock, change)


@broken("metrics.series-fields", "the latest snapshot of a series has no time")
def latest_has_no_time(mock: Mock) -> None:
    _data(mock, lambda data: [*data[:-1], *({**each, "captured_at": None} for each in data[-1:])])


@broken("metrics.series-fields", "the snapshots of a series are bare numbers of followers")
def bare_numbers(mock: Mock) -> None:
    _data(mock, lambda data: [each.get("followers", 0) for each in data])


@broken("metrics.series-fields", "each second snapshot of a series is another account's")
def strangers(mock: Mock) -> None:
    def change(body: Body) -> Body:
        other = body["social_account_id"][::-1]
        rows = [{**each, "social_account_id": other} if i % 2 else each for i, each in enumerate(body["data"])]
        return {**body, "data": rows}

    _series(mock, change)


@broken("metrics.series-fields", "a series has the metrics of its snapshots a level deeper")
def metrics_deeper(mock: Mock) -> None:
    outer = ("social_account_id", "network", "raw", "captured_at")

    def change(each: Body) -> Body:
        metrics = {name: each[name] for name in each if name not in outer}
        return {**{name: each[name] for name in outer}, "metrics": metrics}

    _data(mock, lambda data: [change(each) for each in data])


@broken("metrics.snapshot-fallback", "metrics of disabled accounts are refused, with a window as without one")
def disabled_refused(mock: Mock) -> None:
    refused = Response.of(403, Problem(403, "This account is disabled.").document(), "application/problem+json")

    def change(request: Request, response: Response) -> Response:
        row = mock.world.store.get(request.id.lower()) if response.status == 200 else None
        return refused if row is not None and row.account()["status"] == "disabled" else response

    mock.responses(METRICS, change)


@broken("metrics.snapshot-fallback", "where the platform cannot be reached, the stored snapshot claims to be live")
def stored_claims_to_be_live(mock: Mock) -> None:
    mock.bodies(METRICS, lambda body: {**body, "source": "live"} if _is_stored(body) else body)


@broken("metrics.snapshot-fallback", "where the platform cannot be reached, a live value has no counts")
def live_and_hollow(mock: Mock) -> None:
    def change(body: Body) -> Body:
        if not _is_stored(body):
            return body
        counts = {name: None if isinstance(value, int) else value for name, value in body.items()}
        return {**counts, "raw": {}, "source": "live", "captured_at": iso(mock.world.clock.now())}

    mock.bodies(METRICS, change)


def _is_stored(body: Body) -> bool:
    return body.get("source") == "snapshot" and "data" not in body


@broken("metrics.live", "a live value is pulled every hour, else the latest snapshot is returned")
def live_every_hour(mock: Mock) -> None:
    pulled: dict[str, int] = {}

    async def handle(request: Request) -> Response:
        response = await request.send()
        if response.status != 200 or response.json.get("source") != "live":
            return response
        at = parse_iso(response.json["captured_at"])
        if at - pulled.setdefault(request.path, at) in (0, *range(3_600_000, 7_200_000)):
            return response
        data = (await request.with_query(until=iso(at)).send()).json["data"]
        return response.with_body({**data[-1], "source": "snapshot"}) if data else response

    mock.handle(METRICS, handle)


@broken("metrics.window", "bounds are cut to whole seconds")
def whole_seconds(mock: Mock) -> None:
    mock.replace(windows, "instant", lambda text: _instant(text) // 1000 * 1000)


@broken("metrics.full-series", "a window begins a second later than requested")
def a_second_late(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, *rest: Any) -> list[Body]:
        return _between(a, h, None if first is None else first + 1000, *rest)

    mock.replace(snapshots, "between", between)


@broken("metrics.echo", "bounds are echoed without their milliseconds")
def echo_of_whole_seconds(mock: Mock) -> None:
    def cut(text: str | None) -> str | None:
        return None if text is None else iso(parse_iso(text) // 1000 * 1000)

    _series(mock, lambda body: {**body, "since": cut(body["since"]), "until": cut(body["until"])})
