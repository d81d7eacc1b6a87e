"""The control API: invalid faults, and the errors that name what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.failing import LISTING, Failing
from tests.support.world import Json

from postfuze_mock import spec

CORRUPT = {"path": "/data", "how": "remove"}


@pytest.mark.parametrize(
    ("effect", "pointer", "message"),
    [
        ({"status": 200}, "/status", "must be a status of failure, from 400 to 599"),
        ({"status": 302}, "/status", "must be a status of failure, from 400 to 599"),
        ({"status": 600}, "/status", "must be a status of failure, from 400 to 599"),
        ({"status": "503"}, "/status", "must be of type integer"),
        ({}, "", "must have at least 1 member(s)"),
        ({"statsu": 500}, "", "has unknown members: statsu"),
        ({"status": 500, "retry_after": 1}, "/retry_after", "is allowed only with the status 429 or 503"),
        ({"delay_ms": 1, "retry_after": 1}, "/retry_after", "is allowed only with the status 429 or 503"),
        ({"status": 429, "retry_after": -1}, "/retry_after", "must be at least 0"),
        ({"status": 429, "retry_after": 86401}, "/retry_after", "must be at most 86400"),
        ({"status": 500, "drop": "reset"}, "/drop", "cannot be combined with status"),
        ({"status": 500, "corrupt": CORRUPT}, "/corrupt", "cannot be combined with status"),
        ({"drop": "empty", "corrupt": CORRUPT}, "/corrupt", "cannot be combined with drop"),
        ({"drop": "rst"}, "/drop", "must be one of reset, empty"),
        ({"delay_ms": -1}, "/delay_ms", "must be at least 0"),
        ({"delay_ms": 600_001}, "/delay_ms", "must be at most 600000"),
        ({"delay_ms": 1.5}, "/delay_ms", "must be of type integer or array"),
        ({"delay_ms": [10, 5]}, "/delay_ms", "must be a minimum and a maximum, not 10 and then 5"),
        ({"delay_ms": [10]}, "/delay_ms", "must have at least 2 item(s)"),
        ({"delay_ms": [1, 2, 3]}, "/delay_ms", "must have at most 2 item(s)"),
        ({"delay_ms": [0, 600_001]}, "/delay_ms/1", "must be at most 600000"),
        ({"corrupt": {"path": "data", "how": "remove"}}, "/corrupt/path", "must be a JSON pointer, such as"),
        ({"corrupt": {"path": "", "how": "remove"}}, "/corrupt/path", "must be a JSON pointer, such as"),
        ({"corrupt": {"path": "/a~2", "how": "remove"}}, "/corrupt/path", "must be a JSON pointer, such as"),
        ({"corrupt": {"path": "/data", "how": "delete"}}, "/corrupt/how", "must be one of remove, type, enum"),
        ({"corrupt": {"path": "/data"}}, "/corrupt/how", "is required"),
        ({"corrupt": CORRUPT, "processed": False}, "/processed", "is allowed only with a status or a drop"),
        ({"delay_ms": 5, "processed": False}, "/processed", "is allowed only with a status or a drop"),
        ({"behaviour": {"refresh": "fails"}}, "", "has unknown members: behaviour"),
    ],
    ids=str,
)
def test_invalid_effect_is_refused_with_its_place(failing: Failing, effect: Json, pointer: str, message: str) -> None:
    error = failing.refusal(operation=LISTING, effect=effect)

    assert error["in"] == "body"
    assert error["pointer"] == f"/effect{pointer}"
    assert error["message"].startswith(message)


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({}, "/effect", "is required without a preset"),
        ({"operation": LISTING}, "/effect", "is required without a preset"),
        ({"effect": {"status": 500}}, "/operation", "is required with an effect"),
        (
            {"operation": LISTING, "effect": {"status": 500}, "preset": "service_down"},
            "/preset",
            "cannot be combined with",
        ),
        ({"preset": "servicedown"}, "/preset", "must be one of token_refresh_fails, "),
        (
            {"preset": "session_expired", "operation": LISTING},
            "/operation",
            "must be * or one that the preset session_expired can hit: listPendingPages, finalizeConnection",
        ),
        ({"preset": "service_down", "times": 0}, "/times", "must be at least 1"),
        ({"preset": "service_down", "times": 1.5}, "/times", "must be of type integer"),
        ({"preset": "service_down", "after": -1}, "/after", "must be at least 0"),
        ({"preset": "service_down", "probability": 1.1}, "/probability", "must be at most 1"),
        ({"preset": "service_down", "probability": -0.1}, "/probability", "must be at least 0"),
        ({"preset": "service_down", "probability": "often"}, "/probability", "must be of type number"),
        ({"preset": "service_down", "id": "mine"}, "", "has unknown members: id"),
        ([], "", "must be of type object"),
        (b"{", "", "is not valid JSON"),
    ],
    ids=str,
)
def test_invalid_fault_is_refused_with_its_place(failing: Failing, body: Any, pointer: str, message: str) -> None:
    before = failing.world.state()
    response = failing.world.control_response("POST", "/faults", body)
    (error,) = response.json()["errors"]

    assert (response.status_code, error["pointer"]) == (400, pointer)
    assert error["message"].startswith(message)
    assert failing.world.state() == before


@pytest.mark.parametrize("operation", ["listSocialAcounts", "list_social_accounts", "resetWorld", ""])
def test_unknown_operation_is_refused_with_the_nearest_name(failing: Failing, operation: str) -> None:
    error = failing.refusal(operation=operation, effect={"status": 500})

    assert error["pointer"] == "/operation"
    assert all(id in error["message"] for id in ["*", *spec.operations()])
    assert (operation != "listSocialAcounts") or error["message"].endswith("did you mean listSocialAccounts?")


def test_body_is_required(failing: Failing) -> None:
    assert failing.world.control_response("POST", "/faults").status_code == 400


@pytest.mark.parametrize("presets", ["maybe", "1"])
def test_invalid_parameter_is_refused(failing: Failing, presets: str) -> None:
    assert failing.world.control_response("GET", f"/faults?presets={presets}").status_code == 400


def test_all_violations_are_reported_at_once(failing: Failing) -> None:
    body = {"operation": "nothing", "effect": {"status": 99, "drop": "x"}, "times": 0}
    response = failing.world.control_response("POST", "/faults", body)

    assert {error["pointer"] for error in response.json()["errors"]} == {
        "/operation",
        "/effect/status",
        "/effect/drop",
        "/times",
    }
