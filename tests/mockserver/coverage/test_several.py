"""What several processes met together is what one that had all calls would have met."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from postfuze_mock.domain.coverage.conditions import Call
from postfuze_mock.domain.coverage.items import items
from postfuze_mock.domain.coverage.observer import Observer
from postfuze_mock.domain.coverage.report import report
from postfuze_mock.domain.coverage.sequences import MAX_FOLLOWED
from postfuze_mock.domain.coverage.sums import Sum
from postfuze_mock.domain.coverage.tally import Tally

PAGE = b'{"data":[{"id":"1"}],"next_cursor":"n"}'
LAST_PAGE = b'{"data":[],"next_cursor":null}'
#: Kinds of calls, which together show items of all kinds: of one call, of several worlds, and of sequences.
KINDS: list[dict[str, Any]] = [
    {"operation": "listSocialAccounts", "status": 200, "body": PAGE, "query": b"limit=1"},
    {"operation": "listSocialAccounts", "status": 200, "body": LAST_PAGE, "query": b"cursor=n"},
    {"operation": "listSocialAccounts", "status": 429, "rule": "limits.reads"},
    {"operation": "listSocialAccounts", "status": 503, "fault": "f", "rule": "faults.scripted"},
    {"operation": "getSocialAccount", "status": 200, "body": b'{"id":"1","status":"token_expired"}'},
    {"operation": "getSocialAccount", "status": 404, "rule": "get.unknown"},
    {"operation": "getSocialAccount", "status": 404, "rule": "faults.preferred"},
    {"operation": "finalizeConnection", "status": 422},
    {"operation": "finalizeConnection", "status": 200},
    {"operation": "event account.connected"},
    {"operation": "event account.disconnected"},
    {"operation": "event account.token_expired"},
    {"operation": "preset platform_down"},
    {"operation": None, "status": 404},
]
NOTHING = Call(None, None, None, None, b"Bearer sk_live_a", b"", b"", None, 0.0)


def call(kind: int, world: str | None, finished: int) -> Call:
    return NOTHING._replace(**KINDS[kind], world=world, finished=float(finished))


#: What happened, in its order: the kind of a call, its world, which process served it, and whether that one writes (0).
calls = st.lists(
    st.tuples(st.integers(0, len(KINDS) - 1), st.sampled_from(["a", "b", None]), st.integers(0, 2), st.integers(0, 3)),
    max_size=40,
)


def written(total: Sum, observer: Observer) -> Sum:
    """The sum of all after a process has added to it, by way of the engine."""
    result = Sum.of(orjson.loads(orjson.dumps(total.document())))
    result.add(observer.take())
    result.settle(items())
    observer.know(result.met)
    return result


def seen_by_one(sequence: Sequence[Call]) -> Any:
    tally = Tally(items())
    for each in sequence:
        tally.count([each])
    return report(items(), tally)


@example([(2, "a", 0, 1), (0, "a", 1, 1), (2, "a", 0, 1)])  # the first step, again after the last
@example([(0, "a", 0, 1), (9, "a", 1, 1), (1, "a", 2, 1), (9, "a", 1, 1)])  # the second step, again after the last
@example([(0, "a", 0, 1), (1, "a", 2, 1), (9, "a", 1, 1), (1, "a", 2, 1)])  # the last step, too early and in time
@example(
    [(0, "a", 0, 1), (8, "a", 0, 1), (4, "a", 0, 1)]
)  # the last step by two operations, before and after the first
@example([(0, "a", 0, 1), (0, "b", 1, 1)])  # two organizations
@given(calls)
def test_processes_that_write_now_and_then_meet_what_one_meets(
    happened: list[tuple[int, str | None, int, int]],
) -> None:
    observers, total = [Observer(items()) for _ in range(3)], Sum()
    sequence = [call(kind, world, at) for at, (kind, world, _, _) in enumerate(happened, start=1)]
    gathered: list[list[Call]] = [[] for _ in observers]
    for each, (_, _, process, writes) in zip(sequence, happened, strict=True):
        gathered[process].append(each)
        if not writes:
            observers[process].observe(gathered[process], real_time=10**18)
            gathered[process] = []
            total = written(total, observers[process])
    for observer, calls in zip(observers[::-1], gathered[::-1], strict=True):
        observer.observe(calls, real_time=10**18)
        total = written(total, observer)

    assert report(items(), total) == seen_by_one(sequence)


def test_what_cannot_be_written_is_taken_back_and_counted_once() -> None:
    observer = Observer(items())
    observer.observe([call(0, "a", 1)], 0)
    lost = observer.take()
    observer.observe([call(2, "a", 2)], 0)
    observer.seen.add(lost)
    total = written(Sum(), observer)

    assert report(items(), total) == seen_by_one([call(0, "a", 1), call(2, "a", 2)])


def test_sum_is_bounded_whatever_is_added() -> None:
    observer = Observer(items())
    for number in range(MAX_FOLLOWED + 50):
        observer.observe([call(kind, f"world-{number}", number) for kind in (9, 7, 2)], 0)
    total = written(Sum(), observer)
    places = [len(times) for steps in total.steps.values() for times in steps]

    assert max(places) == MAX_FOLLOWED
    assert len(orjson.dumps(total.document())) < 1_000_000
