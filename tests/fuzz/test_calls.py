"""Odd calls get answers in form, and what is refused changes nothing."""

from __future__ import annotations

import pytest
from tests.fuzz import calls


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(300, id="few", marks=pytest.mark.process(quick=True)),
        pytest.param(10_000, id="many", marks=pytest.mark.slow),
    ],
)
def test_odd_calls_find_nothing(count: int) -> None:
    outcome = calls.fuzz(count, seed=1, skip=0, say=lambda _: None)

    assert outcome.findings == []
    assert outcome.cases == count
