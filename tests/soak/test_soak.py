"""The soak: a sound server passes, and each kind of violation is noticed."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.soak.model_world import START, Call, ModelWorld, Violation
from tests.soak.soak import check_flat, soak
from tests.support.keep_alive import DROPPED, Answer

REFUSAL = Answer(404, b"HTTP/1.1 404\r\ncontent-type: application/problem+json\r\n", b'{"status": 404}')


@pytest.mark.process(quick=True)
def test_server_passes_a_short_soak(tmp_path: Path) -> None:
    lines: list[str] = []
    figures = soak(tmp_path, calls=1_500, worlds=3, seed=1, say=lines.append)

    assert figures.calls >= 1_500
    assert figures.statuses[200] > figures.statuses[404] > 0
    assert lines != []


@pytest.mark.process
def test_server_passes_a_soak_in_which_webhooks_are_delivered(tmp_path: Path) -> None:
    assert soak(tmp_path, calls=6_000, worlds=8, seed=2, say=lambda _: None).deliveries > 0


@pytest.mark.parametrize(
    ("answer", "violation"),
    [
        (Answer(200, b"", b'{"id": "b"}'), "the body is"),
        (Answer(500), "the status is 500, not 200"),
        (REFUSAL, "the status is 404, not 200"),
        (DROPPED, "the status is 0, not 200"),
    ],
)
def test_answer_that_is_not_the_models_is_a_violation(answer: Answer, violation: str) -> None:
    world = ModelWorld("any", Random(1), "http://127.0.0.1:9")

    with pytest.raises(Violation, match=violation):
        world.settle(Call(b"GET / HTTP/1.1\r\n\r\n", lambda: (200, {"id": "a"})), answer)


def test_refusal_must_be_a_problem_document() -> None:
    world, call = ModelWorld("any", Random(1), "http://127.0.0.1:9"), Call(b"", lambda: (404, None))

    world.settle(call, REFUSAL)
    with pytest.raises(Violation, match="no problem document"):
        world.settle(call, REFUSAL._replace(head=b"HTTP/1.1 404\r\ncontent-type: text/plain\r\n"))


ACCOUNT: dict[str, Any] = {"id": "a", "platform": "x", "social_network_id": "n", "status": "active"}
STATE: dict[str, Any] = {
    "clock": {"now": START, "frozen": True},
    "accounts": [{"account": ACCOUNT, "deleted": False, "hidden": {}}],
    "sessions": [],
    "events": [],
    "webhooks": [],
    "faults": [],
    "journal": {"bodies": True, "size": 1000},
}


@pytest.mark.parametrize(
    "change",
    [
        {"accounts": []},
        {"accounts": [{"account": {**ACCOUNT, "status": "disabled"}, "deleted": False, "hidden": {}}]},
        {"clock": {"now": START, "frozen": False}},
        {"journal": {"bodies": True, "size": 9}},
    ],
)
def test_state_that_is_not_the_models_is_a_violation(change: dict[str, Any]) -> None:
    world = ModelWorld("any", Random(1), "http://127.0.0.1:9")
    world.learn(STATE)
    world.check_state(STATE)

    with pytest.raises(Violation):
        world.check_state({**STATE, **change})


def test_growth_after_the_first_quarter_is_a_violation() -> None:
    check_flat("memory", [50] * 10 + [100] * 30)
    with pytest.raises(Violation, match="memory grew from 100 to 106"):
        check_flat("memory", [100] * 30 + [106] * 10)
