"""Odd headers and messages: if refused, then with a problem document, and never with 5xx."""

from __future__ import annotations

import socket
import sys
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
from tests.support import wire
from tests.support.servers import RunningMock
from tests.support.times import PATIENCE
from tests.support.world import World

MEANINGLESS = [
    ("Cookie", "a=b; c"),
    ("Range", "bytes=0-5"),
    ("If-None-Match", '"x"'),
    ("If-Modified-Since", "yesterday"),
    ("Expect", "100-continue"),
    ("X-Forwarded-For", "' OR 1=1 --"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Content-Encoding", "gzip"),
    ("Accept-Encoding", "identity;q=0"),
    ("Accept-Charset", "utf-16"),
    ("Accept-Language", "tlh"),
    ("Prefer", "nonsense; x, y=z"),
    ("X-Long", "x" * 30_000),
]

pytestmark = pytest.mark.assumption("errors.no-server-error", "4xx")


def test_odd_key_is_refused_like_any_invalid_key(server: RunningMock) -> None:
    keys = (b"", b"sk_live_\xe2\x80\xa6\xe2\x80\xa6", b"\xff\xff", b"sk_test_" + b"a" * 20_000)
    for header in (*(b"Bearer " + key for key in keys), b"\xff\xff"):
        response = server.exchange(wire.request("GET", "/api/v1/social-accounts", [("Authorization", header)]))
        assert (response.status, response.json["detail"]) == (401, "Invalid or expired API key."), header[:40]


def test_unused_header_is_ignored(server: RunningMock, world: World) -> None:
    page = world.page(limit=1)
    for header in MEANINGLESS:
        headers = [("Authorization", f"Bearer {world.key}"), header]
        response = server.exchange(wire.request("GET", "/api/v1/social-accounts?limit=1", headers))
        assert (response.status, response.json) == (200, page), header[0]


def test_offer_to_switch_protocols_is_ignored(server: RunningMock, world: World) -> None:
    for protocol in ("websocket", "h2c"):
        headers: list[tuple[str, str | bytes]] = [("Authorization", f"Bearer {world.key}"), ("Connection", "Upgrade")]
        headers += [("Upgrade", protocol), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "eDp5")]
        assert server.exchange(wire.request("GET", "/api/v1/social-accounts?limit=1", headers)).status == 200


def test_expect_continue_is_honoured(server: RunningMock, world: World) -> None:
    """curl waits for the 100 before it sends a large body."""
    session = world.session()
    body = b'{"selectedPageIds": ["%s"]}' % session["pages"][0]["id"].encode()
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Expect", "100-continue")]
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(wire.request("POST", path, headers))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        response = HTTPResponse(connection)
        response.begin()
        assert response.status == 200
        response.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a connection's segments")
def test_response_is_sent_in_one_segment(server: RunningMock, world: World) -> None:
    """Each separate write of the head would cost a system call here and at the client."""
    header = ("Authorization", f"Bearer {world.key}")
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        for _ in range(5):
            connection.sendall(wire.request("GET", "/api/v1/social-accounts?limit=1", [header]))
            _read(connection)
        counts = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 156)  # linux/tcp.h, struct tcp_info
        assert int.from_bytes(counts[152:156], sys.byteorder) == 5  # tcpi_data_segs_in


def test_bodyless_response_is_sent_at_once(server: RunningMock) -> None:
    """The second request would fail if the first response ended only with the connection."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        for method in ("HEAD", "GET"):
            connection.sendall(wire.request(method, "/docs"))
            assert _read(connection, method).status == 200


def _read(connection: socket.socket, method: str = "GET") -> HTTPResponse:
    response = HTTPResponse(connection, method=method)
    response.begin()
    response.read()
    return response


def test_pipelined_requests_get_their_responses_in_order(server: RunningMock, world: World) -> None:
    ids = [account["id"] for account in world.page(limit=5)["data"]]
    header = ("Authorization", f"Bearer {world.key}")
    requests = b"".join(wire.request("GET", f"/api/v1/social-accounts/{id}", [header]) for id in ids)
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(requests + wire.request("GET", "/api/v1/health", [("Connection", "close")]))
        output = b"".join(iter(lambda: connection.recv(65536), b""))

    assert [output.index(f'"id":"{id}"'.encode()) for id in ids] == sorted(
        output.index(f'"id":"{id}"'.encode()) for id in ids
    )
    assert output.count(b"HTTP/1.1 200 ") == 6


def test_hang_up_does_not_affect_other_clients(server: RunningMock, world: World) -> None:
    address = urlsplit(server.url)
    head = wire.request(
        "POST", "/api/v1/social-networks/x/auth-url",
        [("Authorization", f"Bearer {world.key}"), ("Content-Type", "application/json"), ("Content-Length", "100")],
    )  # fmt: skip
    for _ in range(3):
        with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
            connection.sendall(head + b'{"tenant')

    assert len(world.page()["data"]) == 25


@pytest.mark.statement("errors.problem-document")
@pytest.mark.parametrize(
    "junk",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        wire.request("get", "/api/v1/health"),
        wire.request("GET", "/api/v1/é"),
        wire.request("GET", "/api/v1/health", [("Content-Length", "one")]),
    ],
    ids=["nonsense", "tls", "lower-case-method", "target-beyond-ascii", "content-length"],
)
def test_bytes_that_are_not_http_are_refused_with_a_problem_document(server: RunningMock, junk: bytes) -> None:
    assert server.exchange(junk).status == 400


def test_junk_after_a_head_request_gets_a_whole_problem_document(server: RunningMock) -> None:
    output = wire.stream(server.url, wire.request("HEAD", "/api/v1/health") + b"\x16\x03\x01\x00\x05hello")

    _, end, rest = output.partition(b"\r\n\r\n")  # the answer to HEAD, which has no body
    assert end
    (refusal,) = wire.responses(rest)
    assert refusal.status == 400


def test_refusal_of_a_head_request_that_breaks_off_has_no_body(server: RunningMock) -> None:
    output = wire.stream(server.url, wire.request("GET", "/api/v1/health") + b"HEAD /api/v1/hea", close=True)

    assert output.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in output
    assert output.endswith(b"\r\n\r\n")
