"""No answer makes a check or a report fail: odd answers are seeded, and each seed judges one subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tests.contracts.family.judgement import checks_of
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.reports import sample
from tests.fuzz.mutations import mutated
from tests.fuzz.zoo import Answer, Call, serve, whole

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.model.events import Event, RunFinished
from postfuze_contracts.model.options import Access
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client

SUBJECTS = sorted({check.subject for check in REGISTRY})
MAX_REQUESTS = 200  # of a run


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with Mock().served() as deployment:
        yield deployment


@pytest.mark.parametrize("seed", [5, 9, 15, 23])
def test_odd_answers_end_no_check_and_no_report(seed: int, deployment: Deployment, tmp_path: Path) -> None:
    events = _judge(seed, deployment)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert "".join(finished.tracebacks) == ""
    sample.report(events, tmp_path, show_bodies=seed % 2 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 250))
def test_many_odd_answers_end_no_check_and_no_report(seed: int, deployment: Deployment, tmp_path: Path) -> None:
    test_odd_answers_end_no_check_and_no_report(seed, deployment, tmp_path)


def _judge(seed: int, deployment: Deployment) -> list[Event]:
    """The events of a run of one subject, where some or all answers are odd."""
    random = Random(seed)
    subject, share = random.choice(SUBJECTS), random.choice((0.03, 0.1, 0.3, 1.0))
    with serve(_answer(random, share), deployment.root, honest=lambda call: call.number <= 3) as url:
        options = deployment.options(random.choice([*Access]), pinned=random.random() < 0.5)
        options = replace(options, url=url, timeout=2.0, max_requests=MAX_REQUESTS, seed=seed)
        return [*run(options, checks_of(subject), Client(options, sleep=deployment.mock.advance))]


def _answer(random: Random, share: float) -> Answer:
    def answer(call: Call) -> Iterator[bytes]:
        yield (partial(mutated, random) if random.random() < share else whole)(*call.forward())

    return answer
