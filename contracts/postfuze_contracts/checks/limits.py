"""Exhausts the rate limits, if that is allowed: with cheap reads, and by deleting accounts that do not exist.

Because other clients and earlier calls of the run count too, a limit may seem lower than it is, but never higher. Exact
counts start with a new window, after the time in `Retry-After`.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import DELETE, FINALIZE, GET, MISSING_ID
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target
from postfuze_mock import spec

SLACK = 1.0  # seconds, because Retry-After is in whole seconds and a call takes time
MAX_WAIT = 120  # seconds to wait for a window of 60
_BUCKETS = {bucket["id"]: bucket for bucket in spec.load()["x-rate-limits"]}
CALLS, WRITES = _BUCKETS["organization"]["limit"], _BUCKETS["account-writes"]["limit"]
WINDOW = _BUCKETS["organization"]["window_seconds"]


@check(
    "limits.account-writes",
    "limits.retry-after",
    assumes=("limits.unkeyed-finalize",),
    needs=(needs.EXHAUST_LIMITS,),
)
def account_writes(target: Target, judge: Judge) -> None:
    """Disconnect an account that does not exist until the response is 429, wait, and count the calls of a window."""
    require(target.options.exhaust_limits, needs.EXHAUST_LIMITS)
    exchanges = _until_refused(target, DELETE, 2 * WRITES + 5)
    expected = f"429 beyond {WRITES} writes in {WINDOW} s"
    if not _expect_refused(judge, "limits.account-writes", exchanges, expected):
        return
    _expect_retry_after(judge, exchanges[-1])
    _observe_finalizing(target, judge)
    _wait(target, exchanges[-1])
    window = _until_refused(target, DELETE, WRITES + 5)
    if not _expect_accepted(judge, exchanges[-1], window[0]):
        return
    if _duration(window) < WINDOW / 2:
        count = _accepted(window)
        holds = WRITES // 2 <= count <= WRITES
        got = f"{count} accepted" + ("" if window[-1].status == 429 else " and no 429")
        judge.expect("limits.account-writes", holds, f"{WRITES} writes accepted in {WINDOW} s", window[-1], got=got)
    _expect_both(target, judge, window)


def _observe_finalizing(target: Target, judge: Judge) -> None:
    """Observe whether finalizing, which needs no key, counts among the writes: it is refused while these are, then. No
    page is selected, so nothing is connected."""
    session = target.fresh_session() if target.options.access >= Access.FULL else None
    if session is None:
        return
    path, body = {"sessionToken": session.value}, {"selectedPageIds": list[str]()}
    finalizing = target.call(FINALIZE, path=path, body=body, key=None, patient=False)
    again = target.call(DELETE, path={"id": MISSING_ID}, patient=False)
    target.put_back(session)
    if again.status == 429 and finalizing.status in (400, 422, 429):
        judge.observe("limits.unkeyed-finalize", "counted" if finalizing.status == 429 else "uncounted", finalizing)


@check(
    "limits.organization",
    "limits.per-organization",
    "limits.retry-after",
    needs=(needs.EXHAUST_LIMITS, needs.OTHER_ORGANIZATION),
)
def calls_of_an_organization(target: Target, judge: Judge) -> None:
    """Read until the response is 429, also with other keys, wait, and count the calls of a window."""
    require(target.options.exhaust_limits, needs.EXHAUST_LIMITS)
    exchanges = _until_refused(target, GET, 2 * CALLS + 100)
    if not _expect_refused(judge, "limits.organization", exchanges, f"429 beyond {CALLS} calls in {WINDOW} s"):
        return
    refusal = next(exchange for exchange in exchanges if exchange.status == 429)
    _expect_other_keys(target, judge, refusal)
    _expect_retry_after(judge, refusal)
    _wait(target, refusal)
    window = _until_refused(target, GET, CALLS + 50)
    if _expect_accepted(judge, refusal, window[0]):
        _expect_count(target, judge, window)


@check("limits.retry-after", needs=(needs.EXHAUST_LIMITS,), last=True)
def what_asked_to_wait(target: Target, judge: Judge) -> None:
    """Look at every 429 of the whole run, and at every 503 of the service itself."""
    for refusal in target.client.refusals:
        if refusal.status == 429 or refusal.response.media_type == "application/problem+json":
            _expect_retry_after(judge, refusal)
    require(judge.judged, needs.EXHAUST_LIMITS)


def _until_refused(target: Target, operation: str, maximum: int) -> list[Exchange]:
    """Repeat a call until the first 429, at most `maximum` times. Reads use all connections."""
    path = {"id": MISSING_ID}
    lanes = 1 if operation == DELETE else max(1, target.options.connections)
    exchanges: list[Exchange] = []
    with ThreadPoolExecutor(lanes) as pool:
        while len(exchanges) < maximum and (not exchanges or exchanges[-1].status != 429):
            batch = pool.map(lambda _: target.call(operation, path=path, patient=False), range(lanes))
            exchanges += sorted(batch, key=lambda exchange: exchange.status == 429)
    return exchanges


def _accepted(exchanges: list[Exchange]) -> int:
    return sum(exchange.status != 429 for exchange in exchanges)


def _duration(exchanges: list[Exchange]) -> float:
    """Seconds from the first request to the last response."""
    return max(each.response.received_at for each in exchanges) - min(each.response.sent_at for each in exchanges)


def _expect_refused(judge: Judge, statement: str, exchanges: list[Exchange], expected: str) -> bool:
    """Judge that there is a limit. Raises Blocked if the calls took longer than a window."""
    holds = exchanges[-1].status == 429
    if not holds and _duration(exchanges) > WINDOW:
        raise Blocked(needs.unexpected(f"{len(exchanges)} calls take more than {WINDOW} s on this target"))
    got = f"{_accepted(exchanges)} accepted in {_duration(exchanges):.0f} s, the last {exchanges[-1].status}"
    return judge.expect(statement, holds, expected, exchanges[-1], got=got)


def _expect_retry_after(judge: Judge, refusal: Exchange) -> None:
    """Judge that the header contains the seconds to wait, and that the body does not."""
    value = refusal.response.headers.get("retry-after")
    holds = value is not None and re.fullmatch("[0-9]+", value.strip()) is not None and int(value) <= MAX_WAIT
    expected = f"`Retry-After` in seconds, within the window of {WINDOW}"
    judge.expect("limits.retry-after", holds, expected, refusal, got=f"Retry-After {value!r}")
    members = refusal.json if isinstance(refusal.json, dict) else {}
    repeats = [name for name in members if re.sub("[^a-z]", "", name.lower()) == "retryafter"]
    judge.expect("limits.retry-after", not repeats, "no such member of the body", refusal, got=f"{repeats} in the body")


def _wait(target: Target, refusal: Exchange) -> None:
    """Wait for the seconds in the header, or for a whole window if it has none."""
    value = refusal.response.headers.get("retry-after", "")
    seconds = float(value) if re.fullmatch("[0-9]+", value) else float(WINDOW)
    target.client.wait(min(seconds, MAX_WAIT) + SLACK)


def _expect_accepted(judge: Judge, refusal: Exchange, after: Exchange) -> bool:
    value, is_accepted = refusal.response.headers.get("retry-after"), after.status != 429
    got = f"429 again, after {value} s"
    return judge.expect("limits.retry-after", is_accepted, "the call accepted after the wait", refusal, after, got=got)


def _expect_other_keys(target: Target, judge: Judge, refusal: Exchange) -> None:
    """Judge that another key of the organization is refused too, and a key of another organization is not."""
    path, keys = {"id": MISSING_ID}, target.options.keys
    if keys.read_only is not None:
        exchange = target.call(GET, path=path, key="read_only", patient=False)
        if target.call(GET, path=path, patient=False).status == 429:  # still the same window
            holds = exchange.status == 429
            judge.expect("limits.per-organization", holds, "429: a key of the same organization", refusal, exchange)
    if keys.other_organization is not None:
        exchange = target.call(GET, path=path, key="other_organization", patient=False)
        free = exchange.status != 429
        judge.expect("limits.per-organization", free, "no 429: a key of another organization", refusal, exchange)
    elif keys.read_only is None:
        judge.block("limits.per-organization", needs.OTHER_ORGANIZATION)


def _expect_count(target: Target, judge: Judge, window: list[Exchange]) -> None:
    """Judge the number of calls in a whole window. Parallel calls may pass a shared counter together."""
    if _duration(window) > WINDOW * 0.8:
        return
    count, maximum = _accepted(window), CALLS + max(1, target.options.connections)
    got = f"{count} accepted" + ("" if window[-1].status == 429 else " and no 429")
    holds = CALLS // 2 <= count <= maximum
    judge.expect("limits.organization", holds, f"{CALLS} calls accepted in {WINDOW} s", window[-1], got=got)


def _expect_both(target: Target, judge: Judge, writes: list[Exchange]) -> None:
    """Judge that writes also count as calls of the organization."""
    reads = _until_refused(target, GET, CALLS + 50)
    if reads[-1].status != 429 or _duration([*writes, *reads]) > WINDOW * 0.8:
        return
    maximum = CALLS + max(1, target.options.connections)
    count = _accepted(writes) + _accepted(reads)
    got = f"{_accepted(writes)} writes and {_accepted(reads)} reads"
    expected = f"writes to count among the {CALLS} calls in {WINDOW} s"
    judge.expect("limits.account-writes", count <= maximum, expected, writes[0], reads[-1], got=got)
