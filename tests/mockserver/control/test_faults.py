"""The control API: scripted faults, and their responses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.mockserver.conftest import Serve
from tests.support.failing import LISTING, Failing
from tests.support.world import World


def test_new_fault_is_returned_with_all_members(failing: Failing) -> None:
    fault = failing.set("getSocialAccount", status=503, retry_after=3, times=2, after=1, probability=0.5)

    assert fault == {
        "id": fault["id"],
        "title": "Status 503 at getSocialAccount",
        "operation": "getSocialAccount",
        "preset": None,
        "effect": {"status": 503, "retry_after": 3},
        "times": 2,
        "after": 1,
        "probability": 0.5,
        "calls": 0,
        "hits": 0,
        "left": 2,
        "missed": 0,
    }
    assert failing.faults() == [fault]


def test_fault_hits_every_call_until_it_is_removed(failing: Failing) -> None:
    fault = failing.set(status=500)

    assert (fault["times"], fault["after"], fault["probability"], fault["left"]) == (None, 0, 1, None)
    assert failing.statuses(3) == [500, 500, 500]
    assert failing.world.control_response("DELETE", f"/faults/{fault['id']}").status_code == 204
    assert failing.statuses(2) == [200, 200]
    assert failing.faults() == []


def test_removing_one_fault_leaves_the_others(failing: Failing) -> None:
    first, second = failing.set(status=500), failing.set(status=502)
    failing.world.control("DELETE", f"/faults/{first['id'].upper()}")

    assert [each["id"] for each in failing.faults()] == [second["id"]]
    assert failing.statuses(1) == [502]


def test_all_faults_are_removed_at_once(failing: Failing) -> None:
    failing.set(status=500)
    failing.set("*", status=502)
    response = failing.world.control_response("DELETE", "/faults")

    assert (response.status_code, response.content) == (204, b"")
    assert failing.faults() == []
    assert failing.statuses(1) == [200]


@pytest.mark.parametrize("id", ["0b2e7d6f-5c1a-4a9f-9b1c-2e7d6f0a1234", "first"])
def test_unknown_fault_cannot_be_removed(failing: Failing, id: str) -> None:
    response = failing.world.control_response("DELETE", f"/faults/{id}")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.json()["detail"] == f"This world has no fault {id}."


def test_calls_and_hits_are_counted(failing: Failing) -> None:
    failing.set(status=500, after=1, times=1)
    failing.statuses(3)
    (fault,) = failing.faults()

    assert (fault["calls"], fault["hits"], fault["left"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("status", "title", "code"),
    [
        (400, "Bad Request", "bad_request"),
        (401, "Unauthorized", "unauthorized"),
        (402, "Payment Required", "payment_required"),
        (403, "Forbidden", "insufficient_scope"),
        (404, "Not Found", "not_found"),
        (409, "Conflict", "conflict"),
        (418, "I'm a Teapot", "im_a_teapot"),
        (422, "Unprocessable Entity", "unprocessable_entity"),
        (429, "Too Many Requests", "rate_limited"),
        (499, "Bad Request", "bad_request"),
        (500, "Internal Server Error", "internal_server_error"),
        (502, "Bad Gateway", "bad_gateway"),
        (503, "Service Unavailable", "service_unavailable"),
        (504, "Gateway Timeout", "gateway_timeout"),
        (599, "Internal Server Error", "internal_server_error"),
    ],
)
def test_fault_responds_with_a_problem_document(failing: Failing, status: int, title: str, code: str) -> None:
    failing.set(status=status)
    problem = failing.call().json()

    assert list(problem) == ["type", "title", "status", "detail", "code"]
    assert (problem["title"], problem["code"]) == (title, code)


@pytest.mark.statement("limits.retry-after")
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("effect", "seconds"), [({}, "60"), ({"retry_after": 7}, "7"), ({"retry_after": 0}, "0")])
def test_fault_sends_retry_after(failing: Failing, status: int, effect: dict[str, Any], seconds: str) -> None:
    """By default it is the window of the rate limits."""
    failing.set(status=status, **effect)

    assert failing.call().headers["retry-after"] == seconds


@pytest.mark.parametrize(
    ("status", "header"),
    [(401, "www-authenticate"), (405, "allow"), (407, "proxy-authenticate"), (426, "upgrade")],
)
def test_fault_sends_the_mandatory_header_of_its_status(failing: Failing, status: int, header: str) -> None:
    failing.set(status=status)

    assert header in failing.call().headers


def test_fault_401_equals_the_refusal_of_an_invalid_key(failing: Failing) -> None:
    real = failing.world.list_response(key=failing.world.revoked_key)
    failing.set(status=401)
    scripted = failing.call()

    assert scripted.json() == real.json()
    assert scripted.headers["www-authenticate"] == real.headers["www-authenticate"]


def test_fault_does_not_hit_other_operations(failing: Failing) -> None:
    failing.set("deleteSocialAccount", status=500)

    assert failing.statuses(1) == [200]
    assert failing.faults()[0]["calls"] == 0


def test_star_matches_every_api_operation_and_no_control_call(failing: Failing) -> None:
    world = failing.world
    token = world.session()["session_token"]
    id = world.page()["data"][0]["id"]
    failing.set("*", status=502)
    account = f"/social-accounts/{id}"
    calls = [
        ("GET", "/social-accounts"),
        *(("GET", path) for path in (account, f"{account}/metrics", f"{account}/health")),
        ("DELETE", account),
        ("POST", "/social-networks/x/auth-url"),
        ("GET", f"/social-accounts/pending/{token}"),
        ("POST", f"/social-accounts/pending/{token}/finalize"),
        ("GET", "/health"),
    ]

    assert [failing.call(*call).status_code for call in calls] == [502] * len(calls)
    assert world.control_response("GET", "/clock").status_code == 200
    assert world.control_response("GET", "/sessions").status_code == 200
    assert failing.faults()[0]["calls"] == len(calls)


def test_call_with_an_invalid_key_is_not_counted(failing: Failing) -> None:
    failing.set(status=500)
    failing.set("deleteSocialAccount", status=500)
    failing.world.list_response(key=failing.world.revoked_key)
    failing.world.list_response(key=None)
    failing.world.delete_response(str(uuid4()), key=failing.world.readonly_key)

    assert [each["calls"] for each in failing.faults()] == [0, 0]


def test_invalid_call_is_hit(failing: Failing) -> None:
    failing.set(status=500)

    assert failing.call(path="/social-accounts?limit=none").status_code == 500


def test_service_health_is_hit_only_with_a_valid_key(failing: Failing) -> None:
    failing.set("getServiceHealth", status=503)

    assert failing.world.call("GET", "/health", key=None).status_code == 200
    assert failing.world.call("GET", "/health", key=failing.world.revoked_key).status_code == 200
    assert failing.call(path="/health").status_code == 503


def test_fault_does_not_hit_other_worlds(failing: Failing, other: World) -> None:
    failing.set("*", status=500)
    other_id = other.page()["data"][0]["id"]

    assert other.get(other_id)
    assert other.control("GET", "/faults")["data"] == []


def test_unknown_session_is_not_hit(failing: Failing) -> None:
    failing.set("*", status=500)

    assert failing.world.pending_response("0" * 20).status_code == 404


@pytest.mark.parametrize("body", [{}, {"world": "empty"}], ids=str)
def test_reset_removes_all_faults(failing: Failing, body: dict[str, str]) -> None:
    failing.set("*", status=500)
    failing.world.reset(**body)

    assert failing.faults() == []
    assert failing.statuses(1) == [200]


def test_number_of_faults_is_limited(failing: Failing) -> None:
    for _ in range(100):
        failing.set(status=500, times=1)
    before = failing.world.state()
    response = failing.world.control_response("POST", "/faults", {"operation": LISTING, "effect": {"status": 500}})

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "100 faults" in response.json()["detail"]
    assert failing.world.state() == before


def test_rate_limits_precede_faults(serve: Serve, name: str) -> None:
    server = serve("--rate-limits")
    failing = Failing(server, server.world(name))
    failing.set("*", status=500)
    id = str(uuid4())
    calls = [failing.call("DELETE", f"/social-accounts/{id}") for _ in range(21)]

    assert [call.status_code for call in calls] == [500] * 20 + [429]
    assert failing.faults()[0]["calls"] == 20
