"""Broken: rate limits."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.contracts.family.mock import NAME, OTHER, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.domain.limits import Buckets
from postfuze_mock.http.security import Full, Limits
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.worlds.world import World

_hit = Limits.hit
WRITES = "account-writes"


def _limited(mock: Mock) -> None:
    mock.settings = mock.settings.__class__(port=0, rate_limits=True)
    mock.exhaust_limits = True


def _hitting(mock: Mock, hit: Any) -> None:
    _limited(mock)
    mock.replace(Limits, "hit", hit)


def _bucket(mock: Mock, name: str, limit: int) -> None:
    """Change the size of a bucket."""
    _limited(mock)
    init = Buckets.__init__

    def other(self: Buckets, buckets: Any, choices: Any) -> None:
        init(self, [each._replace(limit=limit) if each.id == name else each for each in buckets], choices)

    mock.replace(Buckets, "__init__", other)


@broken("limits.organization", "the limit is 200 requests")
def of_200(mock: Mock) -> None:
    _bucket(mock, "organization", 200)


@broken("limits.account-writes", "writes have no limit of their own")
def writes_unlimited(mock: Mock) -> None:
    _bucket(mock, WRITES, 100_000)


@broken("limits.account-writes", "the limit of writes is 30")
def writes_of_30(mock: Mock) -> None:
    _bucket(mock, WRITES, 30)


@broken("limits.account-writes", "writes do not count among the 600")
def writes_apart(mock: Mock) -> None:
    def hit(limits: Limits, operation: str, world: World) -> Full | None:
        names = limits.by_operation[operation]
        if WRITES in names:
            wait = world.buckets.hit(WRITES, world.clock.now())
            return None if wait is None else Full(wait, WRITES)
        return _hit(limits, operation, world)

    _hitting(mock, hit)


def _refusals(mock: Mock, change: Any) -> None:
    _limited(mock)
    mock.responses("*", lambda _, response: change(response) if response.status == 429 else response)


@broken("limits.retry-after", "`Retry-After` is in the body")
def in_the_body(mock: Mock) -> None:
    _refusals(
        mock,
        lambda response: response.with_body({**response.json, "retry_after": int(response.headers["retry-after"])}),
    )


@broken("limits.retry-after", "`Retry-After` is in milliseconds")
def in_milliseconds(mock: Mock) -> None:
    _refusals(
        mock, lambda response: response.with_body(response.json, retry_after=response.headers["retry-after"] + "000")
    )


@broken("limits.retry-after", "`Retry-After` is a second, however long the window lasts")
def too_short(mock: Mock) -> None:
    _refusals(mock, lambda response: response.with_body(response.json, retry_after="1"))


@broken("limits.per-organization", "each key has its own limits")
def per_key(mock: Mock) -> None:
    _limited(mock)
    mock.requests("*", _own_world)


def _own_world(request: Request) -> Request:
    """Let a key without scopes read as another organization: an unknown account is unknown there too."""
    read_only = request.headers.get("authorization", "") == f"Bearer sk_test_{NAME}_readonly"
    missing = request.operation == "getSocialAccount" and "dead" in request.path
    return request.with_key(f"sk_test_{NAME}-2") if read_only and missing else request


@broken("limits.per-organization", "all organizations share one window")
def shared(mock: Mock) -> None:
    def hit(limits: Limits, operation: str, world: World) -> Full | None:
        return _hit(limits, operation, mock.world if world.name == OTHER else world)

    _hitting(mock, hit)


def _now_and_then(mock: Mock, response: Response) -> None:
    """Refuse every 25th retrieval."""
    numbers = count(1)
    mock.responses("getSocialAccount", lambda _, real: real if next(numbers) % 25 else response)


@broken("limits.retry-after", "a 429 that comes now and then has no `Retry-After`")
def passing_429(mock: Mock) -> None:
    _now_and_then(mock, Response.of(429, Problem(429, "Slow down.").document(), CONTENT_TYPE))


@broken("limits.retry-after", "a 503 that comes now and then has no `Retry-After`")
def passing_503(mock: Mock) -> None:
    _now_and_then(mock, Response.of(503, Problem(503, "Come back later.").document(), CONTENT_TYPE))


@broken("limits.retry-after", "`Retry-After` is a date")
def as_a_date(mock: Mock) -> None:
    late = "Wed, 25 Nov 2099 02:00:00 GMT"
    _refusals(mock, lambda response: response.with_body(response.json, retry_after=late))


@broken("limits.organization", "there are no limits at all")
def none(mock: Mock) -> None:
    mock.exhaust_limits = True


@broken("limits.organization", "the limit is 900 requests")
def of_900(mock: Mock) -> None:
    _bucket(mock, "organization", 900)


@broken("limits.retry-after", "a 429 has no `Retry-After`")
def no_header(mock: Mock) -> None:
    def change(response: Response) -> Response:
        return Response(
            429, {name: response.headers[name] for name in response.headers if name != "retry-after"}, response.body
        )

    _refusals(mock, change)
