"""`Prefer` (RFC 7240): one request asks for a failure, or for an answer that comes late."""

from __future__ import annotations

import time

import pytest
from tests.mockserver.failing import Failing
from tests.mockserver.http import wire
from tests.mockserver.http.world import API

from postfuze_mock import spec


@pytest.mark.parametrize("code", [400, 401, 404, 418, 429, 451, 500, 502, 503, 599])
def test_failure_that_is_asked_for_is_answered(failing: Failing, code: int) -> None:
    """Whether the operation declares it or not."""
    answer = failing.call(prefer=f"code={code}")

    assert answer.status_code == code
    assert answer.headers["preference-applied"] == f"code={code}"


@pytest.mark.parametrize(("code", "header"), [(429, "retry-after"), (503, "retry-after"), (401, "www-authenticate")])
def test_failure_has_the_headers_that_belong_to_it(failing: Failing, code: int, header: str) -> None:
    assert header in failing.call(prefer=f"code={code}").headers


def test_answer_is_late_by_the_delay_that_is_asked_for(failing: Failing) -> None:
    right = failing.call()
    start = time.monotonic()
    answer = failing.call(prefer="delay=80")

    assert time.monotonic() - start >= 0.08
    assert answer.json() == right.json()
    assert answer.headers["preference-applied"] == "delay=80"


def test_refusal_tells_the_delay_too(failing: Failing) -> None:
    answer = failing.call(path="/social-accounts?limit=0", prefer="delay=1")

    assert (answer.status_code, answer.headers["preference-applied"]) == (400, "delay=1")


@pytest.mark.parametrize(
    "prefer",
    [
        "code=503, delay=1",
        "code=503,delay=1",
        "delay=1, code=503",
        'code="503", delay="1"',
        "Code = 503 , DELAY = 1",
        "respond-async, code=503, wait=10, delay=1",
        "code=503; foo=bar, delay=1;x",
        'handling="lenient, code=400", code=503, delay=1',
        r'x="a\", code=400", code=503, delay=1',
        "code=503, delay=1, code=500, delay=600000",
        'code="50\\3", delay=1',
    ],
)
def test_several_preferences_are_read_as_the_rfc_has_it(failing: Failing, prefer: str) -> None:
    answer = failing.call(prefer=prefer)

    assert answer.status_code == 503
    assert answer.headers["preference-applied"] == "code=503, delay=1"


def test_preferences_may_come_in_several_headers(failing: Failing) -> None:
    headers = [("Authorization", f"Bearer {failing.world.key}"), ("Prefer", "delay=1"), ("prefer", "code=404")]
    answer = wire.exchange(failing.server.url, wire.request("GET", f"{API}/social-accounts", headers))

    assert (answer.status, answer.headers["preference-applied"]) == (404, "code=404, delay=1")


@pytest.mark.parametrize(
    "prefer",
    [
        "",
        ",",
        ";",
        "=",
        "code",
        "code=",
        "code=abc",
        "code=503.0",
        "code=-503",
        "code=+503",
        "code=٥٠٣".encode(),
        "code=99999999999999999999",
        "code=100",
        "code=200",
        "code=201",
        "code=302",
        "code=600",
        "delay=0",
        "delay=-1",
        "delay=1e3",
        "delay=600001",
        "delay=forever",
        'code="503',
        "status=503",
        "return=minimal",
        "respond-async; code=503",
        "example=foo, dynamic=true",
        b"\xff\xfe",
    ],
    ids=repr,
)
def test_preference_that_is_unknown_or_cannot_be_followed_is_ignored(failing: Failing, prefer: str | bytes) -> None:
    answer = failing.server.request("GET", f"{API}/social-accounts", {**failing.world.bearer(), "Prefer": prefer})

    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


def test_long_header_of_many_preferences_is_read_quickly(failing: Failing) -> None:
    start = time.monotonic()
    answer = failing.call(prefer='; ; "' * 10_000 + '", code=503')

    assert answer.status_code in (200, 503)
    assert time.monotonic() - start < 5


def test_every_operation_takes_it(failing: Failing) -> None:
    world = failing.world
    session = world.session()["session_token"]
    id = world.page()["data"][0]["id"]
    values = {"id": id, "sessionToken": session, "platform": "x"}

    for operation in spec.operations().values():
        answer = failing.call(operation.method, operation.path.format(**values), prefer="code=502")
        assert answer.status_code == 502, operation.id


def test_nothing_is_done_by_a_call_that_asked_for_a_failure(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    before = failing.world.state()
    failing.call("DELETE", f"/social-accounts/{id}", prefer="code=500")

    assert failing.world.state() == before


def test_call_that_asks_for_a_late_answer_is_done(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    failing.call("DELETE", f"/social-accounts/{id}", prefer="delay=1")

    assert failing.world.get_answer(id).status_code == 404


def test_key_is_checked_first(failing: Failing) -> None:
    answer = failing.server.request("GET", f"{API}/social-accounts", {"Prefer": "code=503"})

    assert answer.status_code == 401
    assert "preference-applied" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/_mock/clock", "/openapi.json", "/_mock/nothing"])
def test_levers_pages_and_what_is_not_there_take_no_preference(failing: Failing, path: str) -> None:
    plain = failing.server.request("GET", path, failing.world.bearer())
    answer = failing.server.request("GET", path, {**failing.world.bearer(), "Prefer": "code=503"})

    assert answer.status_code == plain.status_code
    assert "preference-applied" not in answer.headers


def test_call_that_asks_for_a_failure_is_not_put_to_the_faults(failing: Failing) -> None:
    failing.set(status=500)
    answer = failing.call(prefer="code=503")

    assert answer.status_code == 503
    assert failing.faults()[0]["calls"] == 0


def test_call_that_asks_for_a_delay_is_hit_by_faults_and_both_delays_add_up(failing: Failing) -> None:
    failing.set(status=500, delay_ms=40)
    start = time.monotonic()
    answer = failing.call(prefer="delay=40")

    assert time.monotonic() - start >= 0.08
    assert (answer.status_code, answer.headers["preference-applied"]) == (500, "delay=40")


def test_next_call_is_as_ever(failing: Failing) -> None:
    failing.call(prefer="code=503")

    assert failing.statuses(1) == [200]
