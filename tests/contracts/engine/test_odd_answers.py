"""A check that an odd answer ends is blocked; one that ends so on documented answers is a fault of the harness."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contracts.family import wire
from tests.contracts.family.mock import Mock

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.model.verdicts import Outcome
from postfuze_contracts.target.target import Target

STATEMENT = "list.null-at-end"


def _stumble(target: Target, judge: Judge) -> None:
    page = target.call(LIST, query={"limit": "1"})
    judge.expect("list.envelope", page.status == 200, "200", page)
    raise LookupError(page.status)


STUMBLING = [
    replace(next(each for each in REGISTRY if STATEMENT in each.statements), name="list.stumbling", run=_stumble),
    next(each for each in REGISTRY if each.name == "get.ids_that_no_account_has"),
]


@pytest.mark.parametrize(
    "answer",
    [
        wire.Response.of(200, {"data": [{"id": 7}], "next_cursor": None}),
        wire.Response.of(200, {"data": "none"}),
        wire.Response.of(200, b"[" * 100_000),
        wire.Response.of(200, b"<html>", "text/html"),
        wire.Response.of(418, {}),
        wire.Response.of(404, {"detail": 1}),
    ],
)
def test_a_check_that_an_odd_answer_ends_is_blocked(answer: wire.Response, mock: Mock) -> None:
    mock.responses(LIST, lambda _, __: answer)
    with mock.served() as deployment:
        finished = deployment.judge(STUMBLING)
    verdicts = {each.statement: each for each in finished.verdicts}
    assert finished.faults == ()
    assert "LookupError" in finished.tracebacks[0]
    assert verdicts[STATEMENT].outcome is Outcome.BLOCKED
    assert f"GET /social-accounts answered {answer.status}" in verdicts[STATEMENT].needs[0].what
    assert verdicts["list.envelope"].judged
    assert verdicts["get.unknown"].outcome is Outcome.PASS


def test_a_check_that_ends_on_documented_answers_is_a_fault(mock: Mock) -> None:
    with mock.served() as deployment:
        finished = deployment.judge(STUMBLING)
    assert finished.faults == ("list.stumbling: LookupError",)
    assert {each.statement: each.judged for each in finished.verdicts}["list.envelope"] == 0
