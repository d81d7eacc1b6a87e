"""Broken: live values that are not pulled for the call, metrics of another account, and pinned choices of metrics."""

from __future__ import annotations

from typing import Any

from tests.contracts.family import races
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain import instants, snapshots, windows
from postfuze_mock.problems import CONTENT_TYPE, Problem

METRICS, NUMBERS = "getSocialAccountMetrics", ("followers", "following", "posts_count", "impressions", "reach")
Body = dict[str, Any]
_between, _nanoseconds = snapshots.between, instants.nanoseconds


def _cached(mock: Mock, platform: str) -> None:
    """Return the live values of one platform again."""
    cache: dict[tuple[str, str], Response] = {}

    async def handle(request: Request) -> Response:
        if request.query or "authorization" not in request.headers:
            return await request.send()
        key = request.path, request.headers["authorization"]
        response = cache.get(key) or await request.send()
        if response.status == 200 and response.json.get("network") == platform and response.json["source"] == "live":
            cache[key] = response
        return response

    mock.handle(METRICS, handle)


@broken("metrics.live", "live values of Threads are cached")
def threads_cached(mock: Mock) -> None:
    _cached(mock, "threads")


@broken("metrics.live", "live values of YouTube are cached")
def youtube_cached(mock: Mock) -> None:
    _cached(mock, "youtube")


@broken("metrics.value-fields", "of reads at the same time, some are of another account")
def mixed_up(mock: Mock) -> None:
    races.mixed_up(mock, METRICS)


@broken("metrics.unknown", "an id may be longer than an account's")
def longer_ids(mock: Mock) -> None:
    mock.requests(METRICS, lambda request: request.replace(path=f"/social-accounts/{request.id[:36]}/metrics"))


@broken("metrics.unix-and-iso", "unix seconds past 2038 overflow into the past")
def past_2038(mock: Mock) -> None:
    def nanoseconds(text: str) -> int:
        if text.isdigit():
            return ((int(text) + 2**31) % 2**32 - 2**31) * 1_000_000_000
        return _nanoseconds(text)

    mock.replace(windows, "nanoseconds", nanoseconds)


@broken("metrics.unix-and-iso", "unix seconds of 33 bits are refused")
def past_2106(mock: Mock) -> None:
    def nanoseconds(text: str) -> int:
        if text.isdigit() and int(text) >= 2**32:
            raise ValueError(text)
        return _nanoseconds(text)

    mock.replace(windows, "nanoseconds", nanoseconds)


@broken("metrics.iso-forms", "the basic format is refused")
def no_basic_format(mock: Mock) -> None:
    def nanoseconds(text: str) -> int:
        if len(text) == 16 and text.endswith("Z"):
            raise ValueError(text)
        return _nanoseconds(text)

    mock.replace(windows, "nanoseconds", nanoseconds)


def _each(mock: Mock, change: Any) -> None:
    """Change each snapshot of a series."""
    mock.bodies(
        METRICS, lambda body: {**body, "data": [change(each) for each in body["data"]]} if "data" in body else body
    )


@broken("metrics.series-raw", "a series has no payloads")
def no_payloads(mock: Mock) -> None:
    snapshot = {"captured_at": "2026-06-01T06:00:00.000Z", "followers": 7, "raw": {"public_metrics": {"count": 7}}}
    account = {"platform": "x", "behaviour": {"platform": "unreachable"}, "snapshots": [snapshot]}
    mock.document = {"accounts": [account]}
    _each(mock, lambda each: {**each, "raw": {}})


@broken("metrics.missing", "metrics that a platform does not provide are null")
def nulls(mock: Mock) -> None:
    _each(mock, lambda each: {**dict.fromkeys(NUMBERS), **each})


@broken("metrics.values", "a snapshot has the change since the one before")
def changes(mock: Mock) -> None:
    _each(mock, lambda each: {**each, "followers": -1})


def _empty(mock: Mock, answer: Response) -> None:
    """Answer windows without snapshots in a form of their own."""

    def change(_request: Request, response: Response) -> Response:
        return answer if response.status == 200 and response.json.get("data") == [] else response

    mock.responses(METRICS, change)


@broken("metrics.empty-series", "a window without snapshots is 204")
def empty_is_204(mock: Mock) -> None:
    _empty(mock, Response(204, {}, b""))


@broken("metrics.empty-series", "a window without snapshots is 404")
def empty_is_404(mock: Mock) -> None:
    _empty(mock, Response.of(404, Problem(404, "No snapshots.").document(), CONTENT_TYPE))


@broken("metrics.window-bounds", "a snapshot at either bound is not within the window")
def exclusive(mock: Mock) -> None:
    def between(a: Body, h: Body, first: int | None, last: int | None, *rest: Any) -> list[Body]:
        return _between(a, h, first and first + 1, last and last - 1, *rest)

    mock.replace(snapshots, "between", between)


@broken("health.live-probe", "where the platform cannot be reached, a live value is made up")
def made_up(mock: Mock) -> None:
    def change(body: Body) -> Body:
        stored = body.get("source") == "snapshot" and "data" not in body
        return {**body, "source": "live", "captured_at": iso(mock.world.clock.now())} if stored else body

    mock.bodies(METRICS, change)
