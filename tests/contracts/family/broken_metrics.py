"""Metrics that break what the document states of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import metrics, snapshots, windows
from postfuze_mock.problems import Problem
from postfuze_mock.worlds import accounts

METRICS = "getSocialAccountMetrics"
Body = dict[str, Any]


def _values(mock: Mock, source: str, change: Callable[[Body], Body]) -> None:
    """Change values of one source."""

    def maybe(body: Body) -> Body:
        return change(body) if body.get("source") == source and "data" not in body else body

    mock.bodies(METRICS, maybe)


def _series(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(METRICS, lambda body: change(body) if "data" in body else body)


def _each(mock: Mock, change: Callable[[Body], Body]) -> None:
    """Change each snapshot of a series."""
    _series(mock, lambda body: {**body, "data": [change(each) for each in body["data"]]})


@broken("metrics.live", "a live value says that it was captured at midnight")
def captured_at_midnight(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "captured_at": body["captured_at"][:10] + "T00:00:00.000Z"})


@broken("metrics.live", "a live value says when it was first captured")
def captured_once(mock: Mock) -> None:
    first: dict[str, str] = {}

    def change(body: Body) -> Body:
        return {**body, "captured_at": first.setdefault(body["social_account_id"], body["captured_at"])}

    _values(mock, "live", change)


@broken("metrics.live", "a live value is kept, and given again")
def live_from_cache(mock: Mock) -> None:
    kept: dict[str, Answer] = {}

    async def rule(call: Call) -> Answer:
        if call.query or "authorization" not in call.headers:
            return await call.answer()
        said = kept.get(call.path) or await call.answer()
        if said.status == 200:
            kept[call.path] = said
        return said

    mock.rule(METRICS, rule)


@broken("metrics.live", "no value is ever live")
def never_live(mock: Mock) -> None:
    mock.replace(metrics, "_live_counts", lambda *_: {})


@broken("metrics.live", "a live value claims to be a snapshot")
def claims_to_be_stored(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "source": "snapshot"})


@broken("metrics.snapshot-fallback", "the oldest snapshot stands in, not the latest")
def oldest_stands_in(mock: Mock) -> None:
    def oldest(account: Body, hidden: Body, now: int, choices: Any) -> Body | None:
        return next(iter(snapshots.between(account, hidden, None, None, now, choices)), None)

    mock.replace(snapshots, "latest", oldest)


@broken("metrics.snapshot-fallback", "the snapshot before the latest stands in")
def last_but_one_stands_in(mock: Mock) -> None:
    def before(account: Body, hidden: Body, now: int, choices: Any) -> Body | None:
        return next(iter(snapshots.between(account, hidden, None, None, now, choices)[-2:]), None)

    mock.replace(snapshots, "latest", before)


@broken("metrics.snapshot-fallback", "nothing stands in: none were collected, it says")
def nothing_stands_in(mock: Mock) -> None:
    mock.replace(snapshots, "latest", lambda *_: None)


@broken("metrics.snapshot-fallback", "the snapshot that stands in says that it was captured now")
def stands_in_as_of_now(mock: Mock) -> None:
    _values(mock, "snapshot", lambda body: {**body, "captured_at": iso(mock.world.clock.now())})


@broken("metrics.snapshot-fallback", "the snapshot that stands in has other counts than the stored one")
def other_counts(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {name: value + 1 if isinstance(value, int) else value for name, value in body.items()}

    _values(mock, "snapshot", change)


@broken("metrics.snapshot-fallback", "where the platform cannot be reached, the answer is 503")
def unavailable(mock: Mock) -> None:
    said = answer(503, Problem(503, "The platform cannot be reached.").document(), "application/problem+json")
    said = Answer(503, {**said.headers, "retry-after": "1"}, said.body)

    def change(call: Call, real: Answer) -> Answer:
        return said if real.status == 200 and real.json.get("source") == "snapshot" and not call.query else real

    mock.answers(METRICS, change)


@broken("metrics.series-switch", "`since` alone does not switch to the series")
def since_alone(mock: Mock) -> None:
    mock.calls(METRICS, lambda call: call if "until" in call.parameters else call.without("since"))


@broken("metrics.series-switch", "`until` alone does not switch to the series")
def until_alone(mock: Mock) -> None:
    mock.calls(METRICS, lambda call: call if "since" in call.parameters else call.without("until"))


@broken("metrics.series-switch", "`until` alone is refused")
def until_alone_refused(mock: Mock) -> None:
    mock.calls(METRICS, lambda call: call.asking(since="?") if [*call.parameters] == ["until"] else call)


@broken("metrics.series-switch", "a window in the future gives one value")
def future_is_one_value(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        said = await call.answer()
        if said.status == 200 and call.query and said.json.get("data") == []:
            return await call.without("since", "until").answer()
        return said

    mock.rule(METRICS, rule)


_between = snapshots.between


@broken("metrics.window", "`since` does not bind")
def since_ignored(mock: Mock) -> None:
    mock.replace(snapshots, "between", lambda a, h, _first, last, *rest: _between(a, h, None, last, *rest))


@broken("metrics.window", "`until` does not bind")
def until_ignored(mock: Mock) -> None:
    mock.replace(snapshots, "between", lambda a, h, first, _last, *rest: _between(a, h, first, None, *rest))


@broken("metrics.window", "`since` alone does not bind")
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
    mock.answers(
        METRICS,
        lambda call, said: (
            said.but({**said.json, "data": said.json["data"][::-1]})
            if said.status == 200 and call.parameters.keys() == {"until"}
            else said
        ),
    )


@broken("metrics.oldest-first", "a series is ordered by followers")
def by_followers(mock: Mock) -> None:
    def key(each: Body) -> int:
        return int(each.get("impressions") or each.get("followers") or 0)

    _series(mock, lambda body: {**body, "data": sorted(body["data"], key=key)})


_instant = windows.instant


@broken("metrics.unix-and-iso", "unix seconds are taken for milliseconds")
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


@broken("metrics.echo", "the bounds are repeated the wrong way round")
def echo_swapped(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "since": body["until"], "until": body["since"]})


@broken("metrics.echo", "`since` is the first snapshot's, not the one that was asked for")
def echo_of_what_was_found(mock: Mock) -> None:
    def change(body: Body) -> Body:
        found = body["data"] and body["since"]
        return {**body, "since": body["data"][0]["captured_at"] if found else body["since"]}

    _series(mock, change)


@broken("metrics.echo", "`until` is repeated as midnight")
def echo_of_the_day(mock: Mock) -> None:
    _series(mock, lambda body: {**body, "until": body["until"] and body["until"][:10] + "T00:00:00.000Z"})


@broken("metrics.value-fields", "counts are texts")
def counts_in_texts(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {name: str(value) if isinstance(value, int) else value for name, value in body.items()}

    _values(mock, "live", change)


@broken("metrics.value-fields", "a live value has no `raw`")
def no_raw(mock: Mock) -> None:
    _values(mock, "live", lambda body: {name: value for name, value in body.items() if name != "raw"})


@broken("metrics.value-fields", "`raw` is a text")
def raw_in_a_text(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "raw": str(body["raw"])})


@broken("metrics.value-fields", "the platform is in `platform`")
def platform_for_network(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {"platform" if name == "network" else name: value for name, value in body.items()}

    _values(mock, "live", change)


@broken("metrics.value-fields", "a value names another account")
def another_account(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "social_account_id": body["social_account_id"][::-1]})


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


def _none_yet(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(METRICS, lambda body: change(body) if "message" in body else body)


@broken("metrics.none-yet", "where none were collected, metrics are empty rather than null")
def empty_metrics(mock: Mock) -> None:
    _none_yet(mock, lambda body: {**body, "metrics": {}})


@broken("metrics.none-yet", "where none were collected, no message says so")
def no_message(mock: Mock) -> None:
    _none_yet(mock, lambda body: {"social_account_id": body["social_account_id"], "metrics": None})


@broken("metrics.none-yet", "where none were collected, the answer is 404")
def none_is_404(mock: Mock) -> None:
    missing = answer(404, accounts.missing().document(), "application/problem+json")
    mock.answers(METRICS, lambda _, said: missing if said.status == 200 and "message" in said.json else said)


@broken("metrics.none-yet", "where none were collected, all counts are nought")
def noughts(mock: Mock) -> None:
    def change(body: Body) -> Body:
        id = body["social_account_id"]
        row = mock.world.store.get(id)
        network = row.account()["platform"] if row else "x"
        at = iso(mock.world.clock.now())
        counts = dict.fromkeys(("followers", "following", "posts_count"), 0)
        return {
            "social_account_id": id,
            "network": network,
            "source": "snapshot",
            "captured_at": at,
            **counts,
            "raw": {},
        }

    _none_yet(mock, change)
