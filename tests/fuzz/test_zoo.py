"""The harness ends in time, with a report, whatever a target does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.judgement import run
from tests.fuzz.zoo import ZOO
from tests.support.servers import LocalMock


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    mock = LocalMock()
    yield mock.url
    mock.stop()


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("name", ["endless-body", "dripped-head"])
def test_run_of_one_statement_ends_in_time(name: str, upstream: str, tmp_path: Path) -> None:
    result = run(name, tmp_path, upstream, "--only", "get.by-id", max_time=2.0)
    assert result.findings == []
    assert result.code in (1, 6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
@pytest.mark.parametrize("early", [False, True], ids=["some answers", "all answers but the first"])
def test_run_ends_in_time(name: str, early: bool, upstream: str, tmp_path: Path) -> None:
    honest = {"honest": lambda call: call.number <= 3} if early else {}
    assert run(name, tmp_path, upstream, max_time=8.0, **honest).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_first_calls_end_in_time(name: str, tmp_path: Path) -> None:
    assert run(name, tmp_path, None, max_time=4.0).findings == []
