"""A request's head, its target, and all that surrounds its body are bounded, however they arrive."""

from __future__ import annotations

from itertools import repeat

import pytest
from tests.support import wire
from tests.support.calls import Response
from tests.support.servers import RunningMock
from tests.support.world import World

TARGET = 16 << 10
HEAD = 64 << 10
FIELDS = 256
HEALTH = "/api/v1/health"
CLOSE = ("Connection", "close")
CHUNKED = (
    b"POST /api/v1/social-accounts/pending/x/finalize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
)
CHUNKED += b"Transfer-Encoding: chunked\r\n\r\n"

pytestmark = pytest.mark.assumption("errors.no-server-error", "4xx")


def only_response(server: RunningMock, data: bytes) -> Response:
    """The one response to `data`; the server then closes the connection."""
    (response,) = wire.responses(wire.stream(server.url, data))
    return response


def get(target: str, *headers: tuple[str, str | bytes]) -> bytes:
    return wire.request("GET", target, [CLOSE, *headers])


def test_target_of_16_kib_is_read(server: RunningMock) -> None:
    query = "x".ljust(TARGET - len(HEALTH) - 1, "x")

    assert only_response(server, get(f"{HEALTH}?{query}")).status == 200
    assert only_response(server, get(f"{HEALTH}?{query}x")).status == 414


def test_head_of_64_kib_is_read(server: RunningMock) -> None:
    rest = len(HEALTH) + sum(len(part) for part in ("Connection: close\r\n", "Host: localhost\r\n", "X: \r\n"))

    assert only_response(server, get(HEALTH, ("X", "x" * (HEAD - rest)))).status == 200
    assert only_response(server, get(HEALTH, ("X", "x" * (HEAD - rest + 1)))).status == 431


def test_number_of_header_fields_is_bounded(server: RunningMock) -> None:
    fields = [("X", "x")] * (FIELDS - 2)

    assert only_response(server, get(HEALTH, *fields)).status == 200
    assert only_response(server, get(HEALTH, *fields, ("X", "x"))).status == 431


@pytest.mark.parametrize(
    ("start", "unit", "status"),
    [
        (b"GET /", b"a", 414),
        (wire.request("GET", HEALTH)[:-2] + b"X: ", b"a", 431),
        (wire.request("GET", HEALTH)[:-2] + b"X", b"a", 431),
        (wire.request("GET", HEALTH)[:-2], b"a:b\r\n", 431),
        (b"", b"\r\n", 431),
        (CHUNKED + b"3;", b"a", 431),
        (CHUNKED, b"1;" + b"a" * 4000 + b"\r\n \r\n", 431),
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"a:b\r\n", 431),
        (CHUNKED + b"2\r\n{}\r\n0\r\nX: ", b"a", 431),
        (CHUNKED, b"fff\r\n" + b" " * 0xFFF + b"\r\n", 413),
        (CHUNKED.replace(b"Transfer-Encoding: chunked", b"Content-Length: 9999999999"), b" ", 413),
    ],
    ids=[
        "target", "value", "name", "fields", "empty-lines", "chunk-extension", "chunk-extensions", "trailers",
        "trailer", "chunks", "body",
    ],
)  # fmt: skip
def test_what_has_no_end_is_refused_with_one_response(
    server: RunningMock, start: bytes, unit: bytes, status: int
) -> None:
    """The client gets the response although it goes on sending."""
    endless = start + b"".join(repeat(unit, (4 << 20) // len(unit)))

    assert only_response(server, endless).status == status


def test_body_in_many_small_chunks_is_read(server: RunningMock, world: World) -> None:
    """What surrounds these chunks is five times as long as the body."""
    session = world.session()
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    body = (b'{"selectedPageIds": ["%s"]}' % session["pages"][0]["id"].encode()).ljust(50_000)
    headers = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"), CLOSE]

    assert only_response(server, wire.request("POST", path, headers) + wire.chunked(body, 1)).status == 200


def test_unread_body_without_end_closes_the_connection(server: RunningMock) -> None:
    """The operation has no body, so the response comes first."""
    head = wire.request("GET", HEALTH, [("Content-Length", str(1 << 40))])
    try:
        output = wire.stream(server.url, head + bytes(80 << 20))
    except ConnectionError:  # closed while the client was still sending
        return
    assert [each.status for each in wire.responses(output)] == [200]


def test_trailer_field_is_no_header_field(server: RunningMock, world: World) -> None:
    """Otherwise it could get past whatever looked at the header fields."""
    head = wire.request("GET", "/api/v1/social-accounts", [("Transfer-Encoding", "chunked"), CLOSE])
    trailer = b"0\r\nAuthorization: Bearer %b\r\n\r\n" % world.key.encode()

    assert only_response(server, head + trailer).status == 401


def test_many_pipelined_requests_are_all_answered(server: RunningMock) -> None:
    """More than are parsed at once."""
    requests = wire.request("GET", HEALTH) * 2000 + get(HEALTH)

    assert len(wire.responses(wire.stream(server.url, requests))) == 2001
