"""A database that is away: workers say so, and are well again by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.support.gate import Gate, gate
from tests.support.metrics import scrape
from tests.support.processes import MockProcess, command
from tests.support.times import PATIENCE, until


@pytest.fixture
def away(postgres_url: str) -> Iterator[Gate]:
    """The way to the database."""
    from psycopg.conninfo import conninfo_to_dict

    with gate(int(conninfo_to_dict(postgres_url)["port"] or 0)) as way:
        yield way


@pytest.fixture
def mock(postgres_url: str, away: Gate, tmp_path: Path) -> Iterator[MockProcess]:
    """Two workers that reach their database through the gate."""
    before, _, behind = postgres_url.rpartition(":")
    url = f"{before}:{away.port}/{behind.partition('/')[2]}"
    process = MockProcess("--workers", "2", "--metrics", folder=tmp_path, env={"POSTFUZE_MOCK_STATE": url})
    yield process
    process.stop()


def health(mock: MockProcess) -> httpx.Response:
    """The answer to a health check, on a connection of its own."""
    return httpx.get(f"{mock.url}/_mock/health", timeout=PATIENCE)


@pytest.mark.parametrize(("leave", "come"), [(Gate.close, Gate.open), (Gate.freeze, Gate.thaw)], ids=["gone", "silent"])
def test_workers_tell_that_the_database_is_away_and_are_well_again_once_it_is_back(
    leave: Callable[[Gate], None], come: Callable[[Gate], None], mock: MockProcess, away: Gate, tmp_path: Path
) -> None:
    until(lambda: health(mock).json()["workers"] == 2, "both workers")
    pool = health(mock).json()["pool"]
    connections = scrape(mock.caller(None)).sum("pool_connections")

    leave(away)
    answers = [health(mock) for _ in range(8)]  # of both workers
    check = command("health", mock.url, cwd=tmp_path)
    values = scrape(mock.caller(None))
    come(away)
    until(lambda: {health(mock).status_code for _ in range(8)} == {200}, "the database")

    assert pool["size"] >= 1
    assert 0 <= pool["idle"] <= pool["size"] <= connections
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(503, "engine_unavailable")}
    assert {each.headers["retry-after"] for each in answers} == {"1"}
    assert check.returncode == 1
    assert b"it says 503 to the health check: PostgreSQL does not answer." in check.stderr
    assert (values["engine_up"], values.sum("worlds"), scrape(mock.caller(None))["engine_up"]) == (0, 0, 1)
    assert "postgresql://" not in mock.log
