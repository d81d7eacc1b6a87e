"""The harness ends in time, with a report, whatever a target does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.fuzz.judgement import run
from tests.fuzz.zoo import ZOO, serve
from tests.support.servers import LocalMock

KEY = {"POSTFUZE_KEY": "sk_test_zoo"}


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


@pytest.mark.process
@pytest.mark.parametrize("name", ["dripped-body", "dripped-head"])
def test_comparison_ends_in_time(name: str, upstream: str, tmp_path: Path) -> None:
    with serve(name, upstream, lambda call: call.number <= 3) as url:
        result = contracts("diff", f"{upstream}/api/v1", url, "--max-time", "2", cwd=tmp_path, env=KEY)
    assert (result.returncode, result.stderr) == (6, "postfuze-contracts: the run's budget was spent: 2 s\n")


@pytest.mark.process
def test_replay_ends_in_time(upstream: str, tmp_path: Path) -> None:
    with serve("endless-body", upstream) as url:
        report = ("--report", "json=run.json", "--only", "get.unknown")
        assert contracts("run", "--url", url, *report, cwd=tmp_path, env=KEY).returncode == 1
    with serve("dripped-body", upstream, lambda call: call.number <= 1) as url:
        result = contracts("replay", "run.json", "--url", url, "--max-time", "2", cwd=tmp_path, env=KEY)
    assert (result.returncode, result.stderr) == (6, "postfuze-contracts: the run's budget was spent: 2 s\n")
