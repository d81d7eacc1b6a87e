"""Reads metrics, and finds accounts with a live value, a stored one, a series, or none yet."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant, iso
from postfuze_contracts.model.operations import METRICS
from postfuze_contracts.target.target import Target

NUMBERS = ("followers", "following", "posts_count", "impressions", "reach", "profile_views")

#: Bounds before and after all snapshots, the window between them, and one without snapshots.
LONG_AGO, FAR_AHEAD = iso(1_000_000_000), iso(4_000_000_000)
WIDE = {"since": LONG_AGO, "until": FAR_AHEAD}
EMPTY = {"since": LONG_AGO, "until": iso(1_000_086_400)}

_MAX_ACCOUNTS = {"quick": 120, "ci": 200, "deep": 600}  # accounts, at most
_MAX_LIVE = {"quick": 8, "ci": 16, "deep": 60}  # live values
_TRIES = 4
_PAUSE = 0.5  # seconds between them
PASSING = (502, 503, 504)  # temporary statuses of a gateway

Snapshot = dict[str, Any]
T = TypeVar("T")
_values: WeakKeyDictionary[Target, list[tuple[Account, Exchange]]] = WeakKeyDictionary()


def read(target: Target, account: Account, query: Mapping[str, str] | None = None) -> Exchange:
    """The metrics of an account, of the window `query` if any. Retries temporary failures."""
    for left in reversed(range(_TRIES)):
        exchange = target.call(METRICS, path={"id": account["id"]}, query=query or {})
        if exchange.status not in PASSING or left == 0:
            break
        target.client.wait(_PAUSE)
    return exchange


def form(exchange: Exchange) -> str:
    """The form of a response: `value`, `series`, `none-yet`, `other` (another 200) or `refused`."""
    if exchange.status != 200 or not isinstance(exchange.json, dict):
        return "refused" if exchange.status != 200 else "other"
    if isinstance(exchange.member("data"), list):
        return "series"
    if exchange.member("captured_at") is not None:
        return "value"
    if isinstance(exchange.member("message"), str) and exchange.member("metrics", ...) is None:
        return "none-yet"
    # A broken value has some of these members, a broken message has none.
    has_value = exchange.object.keys() & {"source", "raw", *NUMBERS}
    return "other" if has_value else "none-yet"


def describe_metrics(exchange: Exchange) -> str:
    """A short description of a response of metrics."""
    source = exchange.member("source")
    return f"one value, of source {source!r:.60}" if form(exchange) == "value" else describe(exchange)


def items(exchange: Exchange) -> list[Any]:
    """The `data` of a series; empty for other responses."""
    data = exchange.member("data")
    return data if isinstance(data, list) else []


def rows(exchange: Exchange) -> list[Snapshot]:
    """The snapshots of a series that have a `captured_at`, in order."""
    snapshots = items(exchange)
    return [row for row in snapshots if isinstance(row, dict) and instant(row.get("captured_at")) is not None]


def readable(exchange: Exchange) -> bool:
    """Whether all snapshots of a series have a `captured_at`; else nothing is known about missing ones."""
    return len(rows(exchange)) == len(items(exchange))


def captured_at(snapshot: Snapshot) -> float:
    """The time at which a snapshot of `rows` was captured."""
    at = instant(snapshot["captured_at"])
    assert at is not None
    return at


def identity(snapshot: Snapshot) -> tuple[Any, ...]:
    """What identifies a snapshot: its time, numbers and payload."""
    numbers = tuple(snapshot.get(name) for name in NUMBERS)
    return (round(captured_at(snapshot), 3), *numbers, repr(snapshot.get("raw")))


def field_mismatches(value: Any, account: Account) -> list[str]:
    """What is wrong with a value or snapshot of `account`, except its source. The account may lack a platform."""
    if not isinstance(value, dict):
        return ["no object"]
    wrong = {
        "social_account_id": not is_id(value.get("social_account_id"), account["id"]),
        "network": not _is_network(value.get("network"), account),
        "raw": not isinstance(value.get("raw"), dict),
        "captured_at": instant(value.get("captured_at")) is None,
    }
    # A metric that the platform does not have may be absent or null, which is not documented.
    numbers = {name: not is_number(value[name]) for name in NUMBERS if value.get(name) is not None}
    names = [name for name, is_wrong in {**wrong, **numbers}.items() if is_wrong]
    texts = [f"{name} is {value[name]!r:.60}" if name in value else f"{name} is missing" for name in names]
    return texts + [f"{name} is called {other}" for name, other in _renamed(value)]


def _is_network(network: Any, account: Account) -> bool:
    return isinstance(network, str) and network == account.get("platform", network)


def _renamed(value: Snapshot) -> Iterator[tuple[str, str]]:
    """The metrics that a value has under another name, or in a `metrics` object."""
    inner = value.get("metrics")
    others = {_bare(name): name for name in value if name not in NUMBERS}
    others |= {_bare(name): f"metrics/{name}" for name in (inner if isinstance(inner, dict) else ())}
    yield from ((name, others[_bare(name)]) for name in NUMBERS if name not in value and _bare(name) in others)


def _bare(name: str) -> str:
    """The name of a metric without its style: `postsCount`, `posts_count` and `posts` are the same."""
    return name.lower().replace("_", "").removesuffix("count").removesuffix("s")


def is_id(id: Any, expected: str) -> bool:
    return isinstance(id, str) and id.lower() == expected.lower()


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def while_unchanged(target: Target, account: Account, look: Callable[[], T]) -> tuple[Exchange, T]:
    """The whole series, and a result of `look` while it did not change. Raises Blocked if it keeps changing."""
    before = read(target, account, WIDE)
    for _ in range(_TRIES):
        result = look()
        after = read(target, account, WIDE)
        if _same(before, after):
            return after, result
        before = after
    raise Blocked(needs.unexpected("the data kept changing"))


def values(target: Target) -> list[tuple[Account, Exchange]]:
    """Accounts of all kinds with their metrics without a window: until there is one of each form, and a live value of
    each platform, or as many as the profile allows. Read once per run: a check must read again what it depends on."""
    if target not in _values:
        _values[target] = list(_read_values(target))
    return _values[target]


def of_form(target: Target, expected: str, source: str | None = None) -> list[Account]:
    """Accounts whose metrics without a window had this form, and this source."""
    return [
        account
        for account, exchange in values(target)
        if form(exchange) == expected and source in (None, exchange.member("source"))
    ]


def with_series(target: Target, maximum: int, at_least: int = 3) -> Iterator[tuple[Account, Exchange]]:
    """Up to `maximum` accounts with `at_least` snapshots that have times, and their whole series: those with the most
    snapshots, and finally the one with the fewest. Raises Blocked if there are none."""
    most, fewest = list[tuple[Account, Exchange]](), None  # only these stay in memory: a series may be large
    fit, without_times = 0, False
    for each in with_items(target, 5 * maximum):
        if not readable(each[1]):
            without_times = True
        elif len({captured_at(row) for row in rows(each[1])}) >= at_least:
            fit += 1
            fewest = each if fewest is None or _size(each) <= _size(fewest) else fewest
            most = sorted([*most, each], key=_size, reverse=True)[:maximum]
    if fewest is None:
        no_times = needs.unexpected("snapshots do not show when they were captured")
        raise Blocked(no_times if without_times else needs.accounts(1, "account with snapshots"))
    yield from most if maximum < 2 or fit <= maximum else [*most[:-1], fewest]


def _size(candidate: tuple[Account, Exchange]) -> int:
    """How many snapshots its series has."""
    return len(rows(candidate[1]))


def with_items(target: Target, maximum: int) -> Iterator[tuple[Account, Exchange]]:
    """The accounts among the first `maximum` whose whole series is not empty."""
    for account in survey.spread(survey.accounts(target), maximum):
        series = read(target, account, WIDE)
        if items(series):
            yield account, series


def _read_values(target: Target) -> Iterator[tuple[Account, Exchange]]:
    profile = target.options.profile
    missing, live = {"snapshot", "none-yet"}, 0
    live_platforms, reads = set[str](), Counter[str]()
    for account in survey.spread(survey.accounts(target), _MAX_ACCOUNTS[profile]):
        platform = str(account.get("platform"))
        if not missing and live >= _MAX_LIVE[profile] and (platform in live_platforms or reads[platform] >= _TRIES):
            continue
        exchange = target.call(METRICS, path={"id": account["id"]})
        yield account, exchange
        reads[platform] += 1
        if exchange.member("source") == "live":
            live += 1
            live_platforms.add(platform)
        missing -= {form(exchange), exchange.member("source") if form(exchange) == "value" else ""}


def _same(one: Exchange, other: Exchange) -> bool:
    essences = [sorted(repr(identity(row)) for row in rows(exchange)) for exchange in (one, other)]
    return one.status == other.status and essences[0] == essences[1]
