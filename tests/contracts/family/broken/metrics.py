"""Broken: current metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import metrics, snapshots
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.worlds.accounts import accounts

METRICS = "getSocialAccountMetrics"
Body = dict[str, Any]


def _values(mock: Mock, source: str, change: Callable[[Body], Body]) -> None:
    """Change current metrics that have this source."""

    def maybe(body: Body) -> Body:
        return change(body) if body.get("source") == source and "data" not in body else body

    mock.bodies(METRICS, maybe)


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
    cache: dict[tuple[str, str], Response] = {}

    async def handle(request: Request) -> Response:
        if request.query or "authorization" not in request.headers:
            return await request.send()
        key = request.path, request.headers["authorization"]
        response = cache.get(key) or await request.send()
        if response.status == 200:
            cache[key] = response
        return response

    mock.handle(METRICS, handle)


@broken("metrics.live", "no value is ever live")
def never_live(mock: Mock) -> None:
    mock.replace(metrics, "_live_counts", lambda *_: {})


@broken("metrics.live", "a live value claims to be a snapshot")
def claims_to_be_stored(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "source": "snapshot"})


@broken("metrics.snapshot-fallback", "the fallback is the oldest snapshot, not the latest")
def oldest_stands_in(mock: Mock) -> None:
    def oldest(account: Body, unseen: Body, now: int, choices: Any) -> Body | None:
        return next(iter(snapshots.between(account, unseen, None, None, now, choices)), None)

    mock.replace(snapshots, "latest", oldest)


@broken("metrics.snapshot-fallback", "the fallback is the snapshot before the latest")
def last_but_one_stands_in(mock: Mock) -> None:
    def before(account: Body, unseen: Body, now: int, choices: Any) -> Body | None:
        return next(iter(snapshots.between(account, unseen, None, None, now, choices)[-2:]), None)

    mock.replace(snapshots, "latest", before)


@broken("metrics.snapshot-fallback", "there is no fallback: the response says that none were collected")
def nothing_stands_in(mock: Mock) -> None:
    mock.replace(snapshots, "latest", lambda *_: None)


@broken("metrics.snapshot-fallback", "the fallback says that it was captured now")
def stands_in_as_of_now(mock: Mock) -> None:
    _values(mock, "snapshot", lambda body: {**body, "captured_at": iso(mock.world.clock.now())})


@broken("metrics.snapshot-fallback", "the fallback has other counts than the stored one")
def other_counts(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {name: value + 1 if isinstance(value, int) else value for name, value in body.items()}

    _values(mock, "snapshot", change)


@broken("metrics.snapshot-fallback", "where the platform cannot be reached, the response is 503")
def unavailable(mock: Mock) -> None:
    response = Response.of(503, Problem(503, "The platform cannot be reached.").document(), "application/problem+json")
    response = Response(503, {**response.headers, "retry-after": "1"}, response.body)

    def change(request: Request, real: Response) -> Response:
        return response if real.status == 200 and real.json.get("source") == "snapshot" and not request.query else real

    mock.responses(METRICS, change)


@broken("metrics.value-fields", "counts are strings")
def counts_in_texts(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {name: str(value) if isinstance(value, int) else value for name, value in body.items()}

    _values(mock, "live", change)


@broken("metrics.value-fields", "a live value has no `raw`")
def no_raw(mock: Mock) -> None:
    _values(mock, "live", lambda body: {name: value for name, value in body.items() if name != "raw"})


@broken("metrics.value-fields", "`raw` is a string")
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


def _none_yet(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(METRICS, lambda body: change(body) if "message" in body else body)


@broken("metrics.none-yet", "where none were collected, metrics are empty rather than null")
def empty_metrics(mock: Mock) -> None:
    _none_yet(mock, lambda body: {**body, "metrics": {}})


@broken("metrics.none-yet", "where none were collected, no message says so")
def no_message(mock: Mock) -> None:
    _none_yet(mock, lambda body: {"social_account_id": body["social_account_id"], "metrics": None})


@broken("metrics.none-yet", "where none were collected, the response is 404")
def none_is_404(mock: Mock) -> None:
    missing = Response.of(404, accounts.missing().document(), "application/problem+json")
    mock.responses(
        METRICS, lambda _, response: missing if response.status == 200 and "message" in response.json else response
    )


@broken("metrics.none-yet", "where none were collected, all counts are zero")
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


@broken("metrics.none-yet", "where none were collected, all counts are null")
def nulls(mock: Mock) -> None:
    def change(body: Body) -> Body:
        counts = dict.fromkeys(("followers", "following", "posts_count", "captured_at"))
        return {"social_account_id": body["social_account_id"], "source": "snapshot", **counts, "raw": {}}

    _none_yet(mock, change)


@broken("metrics.none-yet", "where none were collected, an empty series is returned")
def none_is_a_series(mock: Mock) -> None:
    _none_yet(mock, lambda body: {"social_account_id": body["social_account_id"], "source": "snapshot", "data": []})


def _none_answers(mock: Mock, response: Response) -> None:
    def change(request: Request, real: Response) -> Response:
        return response if real.status == 200 and "message" in real.json and not request.query else real

    mock.responses(METRICS, change)


@broken("metrics.none-yet", "where none were collected, the response is 204")
def none_is_204(mock: Mock) -> None:
    _none_answers(mock, Response(204, {}, b""))


@broken("metrics.none-yet", "where none were collected, the response is 503")
def none_is_503(mock: Mock) -> None:
    _none_answers(mock, Response.of(503, Problem(503, None).document(), "application/problem+json"))


@broken("metrics.value-fields", "metrics have names like `followersCount`")
def camel_case(mock: Mock) -> None:
    names = {"followers": "followersCount", "following": "followingCount", "posts_count": "postsCount"}
    mock.bodies(METRICS, lambda body: {names.get(name, name): value for name, value in body.items()})


@broken("metrics.value-fields", "a live value has its metrics a level deeper")
def a_level_deeper(mock: Mock) -> None:
    def change(body: Body) -> Body:
        counts = {name: value for name, value in body.items() if isinstance(value, int)}
        return {**{name: body[name] for name in body if name not in counts}, "metrics": counts}

    _values(mock, "live", change)


@broken("metrics.value-fields", "a fallback has null for `raw`")
def null_for_raw(mock: Mock) -> None:
    _values(mock, "snapshot", lambda body: {**body, "raw": None})


@broken("metrics.value-fields", "live values of Threads name Instagram")
def threads_is_instagram(mock: Mock) -> None:
    def change(body: Body) -> Body:
        live = body.get("source") == "live" and body.get("network") == "threads"
        return {**body, "network": "instagram"} if live else body

    mock.bodies(METRICS, change)


def _moved(mock: Mock, milliseconds: int) -> None:
    _values(mock, "live", lambda body: {**body, "captured_at": iso(parse_iso(body["captured_at"]) + milliseconds)})


@broken("metrics.live", "a live value says that it was captured an hour ago")
def captured_an_hour_ago(mock: Mock) -> None:
    _moved(mock, -3_600_000)


@broken("metrics.live", "a live value says that it will be captured tomorrow")
def captured_tomorrow(mock: Mock) -> None:
    _moved(mock, 86_400_000)


@broken("metrics.live", "metrics answer 404, whatever the account")
def never_found(mock: Mock) -> None:
    missing = Response.of(404, accounts.missing().document(), CONTENT_TYPE)
    mock.responses(METRICS, lambda _, response: missing if response.status == 200 else response)


@broken("metrics.value-fields", "the source of a live value is `cache`")
def another_source(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "source": "cache"})


@broken("metrics.value-fields", "`captured_at` of a live value is in unix seconds")
def captured_in_unix_seconds(mock: Mock) -> None:
    _values(mock, "live", lambda body: {**body, "captured_at": parse_iso(body["captured_at"]) // 1000})


@broken("metrics.value-fields", "a live value does not say when it was captured")
def not_captured(mock: Mock) -> None:
    _values(mock, "live", lambda body: {name: value for name, value in body.items() if name != "captured_at"})


@broken("metrics.none-yet", "where none were collected, there is no `metrics`")
def metrics_left_out(mock: Mock) -> None:
    _none_yet(mock, lambda body: {name: value for name, value in body.items() if name != "metrics"})
