"""What the mock logs."""

from __future__ import annotations

from tests.mockserver.conftest import Start


def test_new_world_is_logged_once(start: Start) -> None:
    mock = start()
    caller = mock.caller("sk_test_acme")
    for _ in range(3):
        caller.get("/social-accounts")

    assert mock.log.count("New world acme") == 1


def test_long_name_of_a_world_is_masked(start: Start) -> None:
    mock = start()
    secret = "a" * 12 + "b" * 24
    mock.caller(f"sk_live_{secret}").get("/social-accounts")

    assert "New world" in mock.log
    assert secret not in mock.log


def test_malformed_key_creates_no_world(start: Start) -> None:
    mock = start()
    assert mock.caller("sk_live_no/name").get("/social-accounts").status == 401

    assert "New world" not in mock.log
