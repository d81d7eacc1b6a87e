"""The log on stderr."""

from __future__ import annotations

import json
import signal

import pytest
from tests.e2e.conftest import Start


@pytest.mark.process(quick=True)
def test_json_log_has_one_object_per_line_and_nothing_else(start: Start) -> None:
    mock = start("--log-format", "json")
    mock.caller("sk_test_acme").get("/social-accounts")
    mock.send(signal.SIGTERM)

    entries = [json.loads(line) for line in mock.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= entry.keys() for entry in entries)
    assert [entry["message"] for entry in entries if "New world acme" in entry["message"]] != []


def test_json_log_names_the_url(start: Start) -> None:
    mock = start("--log-format", "json")

    assert any(mock.url in json.loads(line)["message"] for line in mock.stderr.splitlines())
