"""The control API: late responses, and connections without a response."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

import httpx
import pytest
from tests.support.failing import Failing
from tests.support.times import until
from tests.support.world import API, World


def elapsed(call: Callable[[], object]) -> float:
    """The duration of `call` in milliseconds."""
    start = time.monotonic()
    call()
    return (time.monotonic() - start) * 1000


def hit(failing: Failing) -> None:
    """Wait until the first fault has hit a call."""
    until(lambda: failing.faults()[0]["hits"] > 0, "the hit")


def read(connection: socket.socket) -> bytes:
    """The body of the response."""
    response = HTTPResponse(connection)
    response.begin()
    return response.read()


@pytest.mark.parametrize("more", [{}, {"status": 503}, {"corrupt": {"path": "/data", "how": "remove"}}], ids=str)
def test_delay_applies_to_any_response(failing: Failing, more: dict[str, Any]) -> None:
    failing.set(delay_ms=80, **more)

    assert elapsed(failing.call) >= 80


def test_delay_applies_to_refusals(failing: Failing) -> None:
    failing.set(delay_ms=80)

    assert elapsed(lambda: failing.call(path="/social-accounts?limit=0")) >= 80


def test_random_delay_is_within_its_bounds(failing: Failing) -> None:
    failing.set(delay_ms=[60, 90])

    assert all(elapsed(failing.call) >= 60 for _ in range(5))


def test_late_response_shows_the_state_at_the_call(failing: Failing) -> None:
    failing.set(delay_ms=300, times=1)
    with failing.open() as connection:
        hit(failing)
        failing.world.make(username="made_meanwhile")
        response = read(connection)

    assert b"made_meanwhile" not in response
    assert failing.world.page(username="made_meanwhile")["data"]


def test_delay_does_not_affect_other_calls(failing: Failing, other: World) -> None:
    failing.set(delay_ms=600_000, times=1)
    with failing.open():
        hit(failing)

        assert failing.statuses(2) == [200, 200]
        assert other.page()["data"]


def test_connection_is_reset(failing: Failing) -> None:
    failing.set(drop="reset", times=1)
    with failing.open() as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)

    assert failing.statuses(1) == [200]
    assert failing.faults()[0]["hits"] == 1


def test_connection_is_closed_without_a_byte(failing: Failing) -> None:
    failing.set(drop="empty", times=1)
    with failing.open() as connection:
        assert connection.recv(1) == b""

    assert failing.statuses(1) == [200]


@pytest.mark.parametrize("processed", [True, False])
@pytest.mark.parametrize("body", [b"{}", b"{" + b" " * 2_000_000 + b"}"], ids=["small", "too large"])
def test_connection_is_closed_without_a_byte_after_a_body(failing: Failing, body: bytes, processed: bool) -> None:
    """Closing with unread bytes would be a reset."""
    failing.set("createAuthUrl", drop="empty", processed=processed)
    with failing.open("POST", "/social-networks/x/auth-url", body) as connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_connection_is_dropped_late(failing: Failing, drop: str) -> None:
    failing.set(drop=drop, delay_ms=80)

    def dropped() -> None:
        with failing.open() as connection, suppress(ConnectionResetError):
            assert connection.recv(1) == b""

    assert elapsed(dropped) >= 80


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_other_connections_are_not_dropped(failing: Failing, drop: str) -> None:
    failing.set(drop=drop, after=1, times=1)
    with httpx.Client(base_url=failing.server.url, headers={"Authorization": f"Bearer {failing.world.key}"}) as client:
        assert client.get(f"{API}/social-accounts").status_code == 200
        with failing.open():
            hit(failing)

        assert client.get(f"{API}/social-accounts").status_code == 200
