"""The control API: whether a failed write took effect. A client that retries must cope with both."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.failing import Failing
from tests.support.world import Json

DONE = [
    {"delay_ms": 1},
    {"corrupt": {"path": "/deleted", "how": "type"}},
    {"drop": "reset"},
    {"drop": "empty"},
    {"drop": "reset", "processed": True},
    {"status": 504, "processed": True},
    {"status": 500, "processed": True, "delay_ms": 1},
]
NOT_DONE = [
    {"status": 500},
    {"status": 503, "processed": False},
    {"status": 429, "delay_ms": 1},
    {"drop": "reset", "processed": False},
    {"drop": "empty", "processed": False, "delay_ms": 1},
]


def attempt(failing: Failing, method: str, path: str, **options: Any) -> None:
    """Make a call that may get no response."""
    try:
        failing.call(method, path, **options)
    except httpx.TransportError:
        assert any("drop" in fault["effect"] for fault in failing.faults())


def session(failing: Failing) -> tuple[str, Json]:
    """A pending session: the path and a body to finalize it."""
    session = failing.world.session()
    path = f"/social-accounts/pending/{session['session_token']}/finalize"
    return path, {"selectedPageIds": [session["pages"][0]["id"]]}


@pytest.mark.parametrize("effect", DONE, ids=str)
def test_delete_takes_effect_if_only_its_response_fails(failing: Failing, effect: Json) -> None:
    id = failing.world.page()["data"][0]["id"]
    failing.set("deleteSocialAccount", **effect)
    attempt(failing, "DELETE", f"/social-accounts/{id}")

    assert failing.world.get_response(id).status_code == 404
    assert [event["event"] for event in failing.world.events()] == ["account.disconnected"]
    assert failing.faults()[0]["hits"] == 1


@pytest.mark.parametrize("effect", NOT_DONE, ids=str)
def test_delete_has_no_effect_if_its_request_fails(failing: Failing, effect: Json) -> None:
    id = failing.world.page()["data"][0]["id"]
    failing.set("deleteSocialAccount", **effect)
    before = {**failing.world.state(), "faults": []}
    attempt(failing, "DELETE", f"/social-accounts/{id}")

    assert {**failing.world.state(), "faults": []} == before
    assert failing.faults()[0]["hits"] == 1


@pytest.mark.statement("connect.once")
def test_finalize_after_a_lost_response_finds_the_session_used(failing: Failing) -> None:
    path, body = session(failing)
    failing.set("finalizeConnection", drop="reset", times=1)
    attempt(failing, "POST", path, json=body)

    assert failing.call("POST", path, json=body).status_code == 404
    assert len(failing.world.walk()) == 121


@pytest.mark.statement("connect.kept-until-finalized")
def test_finalize_after_a_lost_request_connects(failing: Failing) -> None:
    path, body = session(failing)
    failing.set("finalizeConnection", drop="reset", processed=False, times=1)
    attempt(failing, "POST", path, json=body)

    assert len(failing.world.walk()) == 120
    assert failing.call("POST", path, json=body).status_code == 200
    assert len(failing.world.walk()) == 121


def test_fault_precedes_the_refusal_of_the_call(failing: Failing) -> None:
    failing.set(status=504, processed=True)

    assert failing.call(path="/social-accounts?limit=0").status_code == 504
