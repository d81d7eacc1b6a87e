"""What a run keeps of responses until its end is bounded."""

from __future__ import annotations

import pytest

from postfuze_contracts.engine.evidence import MAX_SIZE, Evidence
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange, Request, Response
from postfuze_contracts.model.verdicts import Failure

ONE = "get.by-id"


def exchange(size: int) -> Exchange:
    body = b'"%s"' % (b"x" * (size - 2))
    return Exchange(Request("getSocialAccount", "GET", "/social-accounts/1"), Response(200, {}, body, 0.0, 0.0))


@pytest.mark.parametrize(("size", "kept"), [(100, 100), (60_000, 60_000), (256 * 1024, 256 * 1024), (300_000, 8192)])
def test_failure_keeps_its_responses_but_of_large_ones_only_the_start(size: int, kept: int) -> None:
    judge = Judge("a.check", frozenset({ONE}))
    judge.expect(ONE, False, "another one", exchange(size))
    judge.observe("an-assumption", "a choice", exchange(size))
    for each in (judge.failures[0].exchanges[0], judge.observations[0].exchange):
        assert each is not None
        assert (len(each.response.body), each.response.left_out) == (kept, size - kept)


def test_one_statement_has_at_most_25_failures_and_those_that_cannot_recur() -> None:
    judge = Judge("a.check", frozenset({ONE}))
    for _ in range(100):
        judge.expect(ONE, False, "another one", exchange(10))
    judge.expect(ONE, False, "another one", exchange(10), once=True)
    assert [len(judge.failures), judge.failures[-1].once, judge.judged[ONE]] == [26, True, 101]


def test_evidence_of_all_failures_is_bounded() -> None:
    evidence, size = Evidence(), 256 * 1024
    failures = [Failure(ONE, "this", "that", (exchange(size),)) for _ in range(200)]
    bodies = [failure.exchanges[0].response.body for failure in evidence.of(failures)]
    assert sum(map(len, bodies)) < MAX_SIZE + 200 * 8192
    assert [len(bodies[0]), len(bodies[-1])] == [size, 8192]


def test_exchange_that_failures_share_counts_once() -> None:
    evidence, shared = Evidence(), exchange(256 * 1024)
    failures = [Failure(ONE, "this", "that", (shared,)) for _ in range(1000)]
    assert all(failure.exchanges == (shared,) for failure in evidence.of(failures))
