"""A request has bounds of time and size, whatever comes in return."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.contracts.cli.targets import Request as Received
from tests.contracts.cli.targets import Response as Sent
from tests.contracts.cli.targets import Stub, served, stub
from tests.fuzz.zoo import serve
from tests.support.times import seconds

from postfuze_contracts.model.exchange import Exchange, Request, Response
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Client, Malformed, Unreachable
from postfuze_contracts.target.content import Parts

READ = Request("getSocialAccount", "GET", "/social-accounts/1")
WRITE = Request("deleteSocialAccount", "DELETE", "/social-accounts/1")
LIMIT = 100_000
DOCUMENT = b'{"a": 1}'
LATE = 1.5  # seconds, in which a busy machine gets the first bytes, too


@contextmanager
def sender(url: str, **options: Any) -> Iterator[Client]:
    client = Client(Options(url, **{"timeout": 0.3, "max_response": LIMIT, **options}))
    try:
        yield client
    finally:
        client.close()


def exchange(name: str, request: Request = READ, **options: Any) -> Exchange:
    """A request to a target of the zoo."""
    with serve(name) as url, sender(url, **options) as client:
        return client.send(request, None)


def response(body: bytes, **headers: str) -> Response:
    """The response to a target that sends this body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    with stub(body=body, headers=fields) as target, sender(target.url, timeout=seconds(20.0)) as client:
        return client.send(READ, None).response


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["a read", "a write"])
@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("endless-body", "is larger than 100,000 bytes"),
        ("endless-chunks", "is larger than 100,000 bytes"),
        ("gzip-bomb", "is larger than 100,000 bytes"),
        ("dripped-body", f"did not end within {LATE} s"),
    ],
)
def test_body_out_of_bounds_is_a_flaw_of_the_response(name: str, flaw: str, request_: Request) -> None:
    got = exchange(name, request_, timeout=LATE if name == "dripped-body" else seconds(20.0))
    assert (got.status, got.response.flaw, got.json) == (200, flaw, None)
    assert len(got.response.body) <= 8192


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("dripped-head", f"has a head that did not end within {LATE} s"),
        ("endless-continue", "has a head without end"),
    ],
)
def test_head_out_of_bounds_is_no_response(name: str, flaw: str) -> None:
    with pytest.raises(Malformed, match=f"GET /social-accounts/1: the response {flaw}"):
        exchange(name, timeout=LATE if name == "dripped-head" else seconds(20.0))


def test_silence_is_no_fault_of_the_target() -> None:
    with pytest.raises(Unreachable) as error:
        exchange("silence")
    assert not isinstance(error.value, Malformed)


@pytest.mark.parametrize("name", ["dripped-head", "dripped-body", "silence"])
def test_time_of_the_run_cuts_a_request_that_is_under_way(name: str) -> None:
    started = time.monotonic()
    with pytest.raises(BudgetSpent, match=r"0\.3 s"):
        exchange(name, timeout=seconds(60.0), max_time=0.3)
    assert time.monotonic() - started < seconds(5.0)


def test_time_of_the_run_is_not_spent_on_a_wait_for_the_rate() -> None:
    with stub() as target, sender(target.url, rate=0.01, max_time=5) as client:
        client.send(READ, None)
        with pytest.raises(BudgetSpent):
            client.send(READ, None)


def test_run_ends_when_it_waited_five_minutes_for_answers_that_did_not_come() -> None:
    with serve("dripped-body") as url, sender(url, timeout=LATE) as client:
        assert client.send(READ, None).response.flaw == f"did not end within {LATE} s"
        client.budget.miss(300 - LATE)
        with pytest.raises(BudgetSpent, match="300 s of waiting for answers that did not come in time"):
            client.send(READ, None)


def raw_deflate(body: bytes) -> bytes:
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return encoder.compress(body) + encoder.flush()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(DOCUMENT), "gzip"),
        (gzip.compress(DOCUMENT), "X-GZip"),
        (gzip.compress(DOCUMENT[:4]) + gzip.compress(DOCUMENT[4:]) + bytes(9), "gzip"),
        (zlib.compress(DOCUMENT), "deflate"),
        (raw_deflate(DOCUMENT), "deflate"),
        (DOCUMENT, "identity"),
        (gzip.compress(zlib.compress(DOCUMENT)), "deflate, gzip"),
    ],
    ids=["gzip", "x-gzip", "members", "deflate", "deflate without a header", "identity", "both"],
)
def test_content_codings_are_decoded(body: bytes, coding: str) -> None:
    got = response(body, Content_Encoding=coding)
    assert (got.body, got.flaw) == (DOCUMENT, None)


@pytest.mark.parametrize(
    ("body", "coding", "flaw"),
    [
        (b"no gzip", "gzip", "is no valid gzip"),
        (b"\xff no deflate", "deflate", "is no valid deflate"),
        (DOCUMENT, "br", "has a content coding that was not accepted: 'br'"),
        (DOCUMENT, "gzip, gzip, gzip, gzip", "has 4 content codings"),
        (gzip.compress(gzip.compress(b" " * 200_000)), "gzip, gzip", "is larger than 100,000 bytes"),
    ],
    ids=["gzip", "deflate", "unknown", "many", "twice"],
)
def test_content_coding_that_cannot_be_decoded_is_a_flaw(body: bytes, coding: str, flaw: str) -> None:
    assert response(body, Content_Encoding=coding).flaw == flaw


def test_body_without_content_needs_no_decoding() -> None:
    assert response(b"", Content_Encoding="gzip").flaw is None


def test_largest_body_is_read_whole() -> None:
    body = b'"%s"' % (b"x" * (LIMIT - 2))
    assert len(response(body).json) == LIMIT - 2
    assert response(body + b" ").flaw == "is larger than 100,000 bytes"


@pytest.mark.parametrize("size", [1, 60_000, 1_000_000, 3 * 1024 * 1024, 5_000_000])
def test_parts_of_a_body_are_joined_as_they_came(size: int) -> None:
    body, parts = bytes(number % 251 for number in range(size)), Parts()
    for at in range(0, size, 65_537):
        parts.add(body[at : at + 65_537])
    assert parts.whole() == body
    assert parts.start() == body[:8192]


def test_document_of_too_many_values_is_not_parsed() -> None:
    assert response(b"[%s[]]" % (b"[]," * 33_000)).flaw == "has more than 3,125 values"


def test_cookies_and_locations_of_a_target_are_not_followed() -> None:
    cookies: list[str | None] = []

    def respond(request: Received) -> Sent:
        cookies.append(request.headers.get("Cookie"))
        return Sent(302, {"Location": "http://[", "Set-Cookie": "a=b"}, b"")

    with served(Stub(respond)) as target, sender(target.url, timeout=seconds(10.0)) as client:
        assert [client.send(READ, None).status for _ in range(2)] == [302, 302]
    assert cookies == [None, None]
