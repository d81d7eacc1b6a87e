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
def test_service_health_has_status_name_and_time(world: World) -> None:
    response = world.call("GET", "/health", None).json()

    assert list(response) == ["ok", "service", "time"]
    assert (response["ok"], response["service"]) == (True, "PostFuze")
    schemas.check("ServiceHealth", response)


@pytest.mark.statement("service.health")
def test_time_is_real_without_a_clock_setting(tmp_path: Path) -> None:
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
def test_service_health_ignores_the_key(world: World, header: str) -> None:
    assert world.call("GET", "/health", None, {"Authorization": header}).json()["ok"] is True


def test_service_health_says_that_unknown_keys_are_accepted(world: World) -> None:
    assert world.call("GET", "/health", None).headers["x-unknown-keys"] == "accepted"


def test_no_other_response_says_it(world: World) -> None:
    assert "x-unknown-keys" not in world.list_response().headers
