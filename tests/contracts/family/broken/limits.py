"""Rate limits that break what the document states of them."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.contracts.family.mock import NAME, OTHER, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.domain.limits import Buckets
from postfuze_mock.http.limits import Full, Limits
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
    """Make a bucket larger or smaller."""
    _limited(mock)
    init = Buckets.__init__

    def other(self: Buckets, buckets: Any, choices: Any) -> None:
        init(self, [each._replace(limit=limit) if each.id == name else each for each in buckets], choices)

    mock.replace(Buckets, "__init__", other)


@broken("limits.organization", "there are no limits at all")
def none(mock: Mock) -> None:
    mock.exhaust_limits = True


@broken("limits.organization", "the limit is 900 calls")
def of_900(mock: Mock) -> None:
    _bucket(mock, "organization", 900)


@broken("limits.organization", "the limit is 200 calls")
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
    mock.answers("*", lambda _, said: change(said) if said.status == 429 else said)


@broken("limits.retry-after", "a 429 has no `Retry-After`")
def no_header(mock: Mock) -> None:
    def change(said: Answer) -> Answer:
        return Answer(429, {name: said.headers[name] for name in said.headers if name != "retry-after"}, said.body)

    _refusals(mock, change)


@broken("limits.retry-after", "`Retry-After` is in the body")
def in_the_body(mock: Mock) -> None:
    _refusals(mock, lambda said: said.but({**said.json, "retry_after": int(said.headers["retry-after"])}))


@broken("limits.retry-after", "`Retry-After` is in milliseconds")
def in_milliseconds(mock: Mock) -> None:
    _refusals(mock, lambda said: said.but(said.json, retry_after=said.headers["retry-after"] + "000"))


@broken("limits.retry-after", "`Retry-After` is a second, however long the window lasts")
def too_short(mock: Mock) -> None:
    _refusals(mock, lambda said: said.but(said.json, retry_after="1"))


@broken("limits.per-organization", "each key has its own limits")
def per_key(mock: Mock) -> None:
    _limited(mock)
    mock.calls("*", _own_world)


def _own_world(call: Call) -> Call:
    """A key without scopes reads as another organization: for what does not exist, that is the same."""
    read_only = call.headers.get("authorization", "") == f"Bearer sk_test_{NAME}_readonly"
    missing = call.operation == "getSocialAccount" and "dead" in call.path
    return call.keyed(f"sk_test_{NAME}-2") if read_only and missing else call


@broken("limits.per-organization", "all organizations share one window")
def shared(mock: Mock) -> None:
    def hit(limits: Limits, operation: str, world: World) -> Full | None:
        return _hit(limits, operation, mock.world if world.name == OTHER else world)

    _hitting(mock, hit)


def _now_and_then(mock: Mock, said: Answer) -> None:
    """Refuse each 25th retrieval."""
    numbers = count(1)
    mock.answers("getSocialAccount", lambda _, real: real if next(numbers) % 25 else said)


@broken("limits.retry-after", "a 429 that comes now and then has no `Retry-After`")
def passing_429(mock: Mock) -> None:
    _now_and_then(mock, answer(429, Problem(429, "Slow down.").document(), CONTENT_TYPE))


@broken("limits.retry-after", "a 503 that comes now and then has no `Retry-After`")
def passing_503(mock: Mock) -> None:
    _now_and_then(mock, answer(503, Problem(503, "Come back later.").document(), CONTENT_TYPE))
