"""The log on stderr."""

from __future__ import annotations

import json
import signal

from tests.e2e.conftest import Start


def test_json_log_is_one_object_a_line_and_nothing_else(start: Start) -> None:
    mock = start("--log-format", "json")
    mock.caller("sk_test_acme").get("/social-accounts")
    mock.send(signal.SIGTERM)

    entries = [json.loads(line) for line in mock.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= entry.keys() for entry in entries)
    assert [entry["message"] for entry in entries if "New world acme" in entry["message"]] != []


def test_json_log_names_the_url(start: Start) -> None:
    mock = start("--log-format", "json")

    assert any(mock.url in json.loads(line)["message"] for line in mock.stderr.splitlines())


def test_new_world_is_told_once(start: Start) -> None:
    mock = start()
    caller = mock.caller("sk_test_acme")
    for _ in range(3):
        caller.get("/social-accounts")

    assert mock.stderr.count("New world acme") == 1


def test_long_name_of_a_world_is_masked(start: Start) -> None:
    mock = start()
    secret = "a" * 12 + "b" * 24
    mock.caller(f"sk_live_{secret}").get("/social-accounts")

    assert "New world" in mock.stderr
    assert secret not in mock.stderr


def test_malformed_key_makes_no_world(start: Start) -> None:
    mock = start()
    assert mock.caller("sk_live_no/name").get("/social-accounts").status == 401

    assert "New world" not in mock.stderr
