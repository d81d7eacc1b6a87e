"""`Prefer` (RFC 7240): one request asks for a failure, or for a late response."""

from __future__ import annotations

import time

import pytest
from tests.support import wire
from tests.support.failing import Failing
from tests.support.world import API

from postfuze_mock import spec

READ_AS_503_LATE = [
    "code=503, delay=1", "code=503,delay=1", "delay=1, code=503", 'code="503", delay="1"', "Code = 503 , DELAY = 1",
    "respond-async, code=503, wait=10, delay=1", "code=503; foo=bar, delay=1;x",
    'handling="lenient, code=400", code=503, delay=1', r'x="a\", code=400", code=503, delay=1',
    "code=503, delay=1, code=500, delay=600000", 'code="50\\3", delay=1',
]  # fmt: skip
IGNORED: list[str | bytes] = [
    "", ",", ";", "=", "code", "code=", "code=abc", "code=503.0", "code=-503", "code=+503", "code=٥٠٣".encode(),
    "code=99999999999999999999", "code=100", "code=200", "code=201", "code=302", "code=600", "delay=0", "delay=-1",
    "delay=1e3", "delay=600001", "delay=forever", 'code="503', "status=503", "return=minimal",
    "respond-async; code=503", "example=foo, dynamic=true", b"\xff\xfe",
]  # fmt: skip


def test_call_fails_with_the_preferred_status(failing: Failing) -> None:
    """The operation need not declare the status."""
    for code in (400, 401, 404, 418, 429, 451, 500, 502, 503, 599):
        response = failing.call(prefer=f"code={code}")
        assert (response.status_code, response.headers["preference-applied"]) == (code, f"code={code}")


@pytest.mark.parametrize(("code", "header"), [(429, "retry-after"), (503, "retry-after"), (401, "www-authenticate")])
def test_failure_has_the_headers_of_its_status(failing: Failing, code: int, header: str) -> None:
    assert header in failing.call(prefer=f"code={code}").headers


def test_response_is_late_by_the_preferred_delay(failing: Failing) -> None:
    usual = failing.call()
    start = time.monotonic()
    response = failing.call(prefer="delay=80")

    assert time.monotonic() - start >= 0.08
    assert response.json() == usual.json()
    assert response.headers["preference-applied"] == "delay=80"


def test_late_refusal_has_preference_applied(failing: Failing) -> None:
    response = failing.call(path="/social-accounts?limit=0", prefer="delay=1")

    assert (response.status_code, response.headers["preference-applied"]) == (400, "delay=1")


def test_several_preferences_follow_rfc_7240(failing: Failing) -> None:
    for prefer in READ_AS_503_LATE:
        response = failing.call(prefer=prefer)
        applied = response.headers["preference-applied"]
        assert (response.status_code, applied) == (503, "code=503, delay=1"), prefer


def test_preferences_may_come_in_several_headers(failing: Failing) -> None:
    headers = [("Authorization", f"Bearer {failing.world.key}"), ("Prefer", "delay=1"), ("prefer", "code=404")]
    response = wire.exchange(failing.server.url, wire.request("GET", f"{API}/social-accounts", headers))

    assert (response.status, response.headers["preference-applied"]) == (404, "code=404, delay=1")


def test_unknown_and_invalid_preferences_are_ignored(failing: Failing) -> None:
    for prefer in IGNORED:
        response = failing.server.request(
            "GET", f"{API}/social-accounts?limit=1", {**failing.world.bearer(), "Prefer": prefer}
        )
        assert response.status_code == 200, prefer
        assert "preference-applied" not in response.headers, prefer


def test_long_header_of_many_preferences_is_read_quickly(failing: Failing) -> None:
    start = time.monotonic()
    response = failing.call(prefer='; ; "' * 10_000 + '", code=503')

    assert response.status_code in (200, 503)
    assert time.monotonic() - start < 5


def test_every_operation_honours_prefer(failing: Failing) -> None:
    world = failing.world
    session = world.session()["session_token"]
    id = world.page()["data"][0]["id"]
    values = {"id": id, "sessionToken": session, "platform": "x"}

    for operation in spec.operations().values():
        response = failing.call(operation.method, operation.path.format(**values), prefer="code=502")
        assert response.status_code == 502, operation.id


def test_preferred_failure_has_no_effect(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    before = failing.world.state()
    failing.call("DELETE", f"/social-accounts/{id}", prefer="code=500")

    assert failing.world.state() == before


def test_preferred_delay_does_not_prevent_the_effect(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    failing.call("DELETE", f"/social-accounts/{id}", prefer="delay=1")

    assert failing.world.get_response(id).status_code == 404


def test_key_is_checked_first(failing: Failing) -> None:
    response = failing.server.request("GET", f"{API}/social-accounts", {"Prefer": "code=503"})

    assert response.status_code == 401
    assert "preference-applied" not in response.headers


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/_mock/clock", "/openapi.json", "/_mock/nothing"])
def test_control_api_pages_and_unknown_paths_ignore_prefer(failing: Failing, path: str) -> None:
    plain = failing.server.request("GET", path, failing.world.bearer())
    response = failing.server.request("GET", path, {**failing.world.bearer(), "Prefer": "code=503"})

    assert response.status_code == plain.status_code
    assert "preference-applied" not in response.headers


def test_preferred_failure_is_not_counted_by_faults(failing: Failing) -> None:
    failing.set(status=500)
    response = failing.call(prefer="code=503")

    assert response.status_code == 503
    assert failing.faults()[0]["calls"] == 0


def test_preferred_delay_adds_to_that_of_a_fault(failing: Failing) -> None:
    failing.set(status=500, delay_ms=40)
    start = time.monotonic()
    response = failing.call(prefer="delay=40")

    assert time.monotonic() - start >= 0.08
    assert (response.status_code, response.headers["preference-applied"]) == (500, "delay=40")


def test_next_call_succeeds_again(failing: Failing) -> None:
    failing.call(prefer="code=503")

    assert failing.statuses(1) == [200]
