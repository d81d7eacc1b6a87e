"""The service's own health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tests.support import schemas
from tests.support.processes import MockProcess
from tests.support.times import moment
from tests.support.world import World


@pytest.mark.statement("service.health")
def test_service_says_that_it_is_up_and_its_name_and_time(world: World) -> None:
    answer = world.call("GET", "/health", None).json()

    assert list(answer) == ["ok", "service", "time"]
    assert (answer["ok"], answer["service"]) == (True, "PostFuze")
    schemas.check("ServiceHealth", answer)


@pytest.mark.statement("service.health")
def test_time_is_real_where_no_clock_was_set(tmp_path: Path) -> None:
    process = MockProcess(folder=tmp_path)
    try:
        before = datetime.now(UTC)
        time = moment(httpx.get(f"{process.url}/api/v1/health").json()["time"])
        after = datetime.now(UTC)
    finally:
        process.stop()

    assert before - timedelta(milliseconds=1) <= time <= after


@pytest.mark.statement("service.health")
@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer sk_live_x_revoked", "Basic eDp5"])
def test_no_key_matters_not_even_a_wrong_one(world: World, header: str) -> None:
    assert world.call("GET", "/health", None, {"Authorization": header}).json()["ok"] is True
