"""A start with an odd file is refused in one sentence, or gives a server that works."""

from __future__ import annotations

import pytest
from tests.fuzz import files


@pytest.mark.parametrize("count", [pytest.param(25, id="few"), pytest.param(1500, id="many", marks=pytest.mark.slow)])
def test_odd_file_is_refused_or_works(count: int) -> None:
    outcome = files.fuzz(count, seed=1, skip=0, say=lambda _: None)

    assert outcome.findings == []
    assert outcome.cases == count
