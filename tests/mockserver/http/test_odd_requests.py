"""Headers and messages that no client sends by mistake: if refused, then as problem documents, never with 5xx."""

from __future__ import annotations

import socket
import sys
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest
from tests.mockserver.http import wire
from tests.mockserver.http.server import Server
from tests.mockserver.http.world import World

pytestmark = pytest.mark.statement("errors.no-server-error")


@pytest.mark.parametrize(
    "header",
    [
        ("Authorization", b"Bearer "),
        ("Authorization", b"Bearer sk_live_\xe2\x80\xa6\xe2\x80\xa6"),
        ("Authorization", b"\xff\xff"),
        ("Authorization", b"Bearer sk_test_" + b"a" * 20_000),
    ],
    ids=range(4),
)
def test_odd_key_is_refused_as_any_bad_key(server: Server, header: tuple[str, str | bytes]) -> None:
    answer = server.exchange(wire.request("GET", "/api/v1/social-accounts", [header]))

    assert (answer.status, answer.json["detail"]) == (401, "Invalid or expired API key.")


@pytest.mark.parametrize(
    "header",
    [
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
    ],
    ids=lambda header: header[0],
)
def test_header_that_means_nothing_here_is_ignored(server: Server, world: World, header: tuple[str, str]) -> None:
    headers = [("Authorization", f"Bearer {world.key}"), header]
    answer = server.exchange(wire.request("GET", "/api/v1/social-accounts?limit=1", headers))

    assert answer.status == 200
    assert answer.json == world.page(limit=1)


def test_offer_to_speak_another_protocol_is_ignored(server: Server, world: World) -> None:
    for protocol in ("websocket", "h2c"):
        headers: list[tuple[str, str | bytes]] = [("Authorization", f"Bearer {world.key}"), ("Connection", "Upgrade")]
        headers += [("Upgrade", protocol), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "eDp5")]
        assert server.exchange(wire.request("GET", "/api/v1/social-accounts?limit=1", headers)).status == 200


def test_expectation_to_continue_is_met(server: Server, world: World) -> None:
    """As curl does with large bodies: it waits for leave to send."""
    session = world.session()
    body = b'{"selectedPageIds": ["%s"]}' % session["pages"][0]["id"].encode()
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Expect", "100-continue")]
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=wire.PATIENCE) as connection:
        connection.sendall(wire.request("POST", path, headers))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        response = HTTPResponse(connection)
        response.begin()
        assert response.status == 200
        response.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many segments came")
def test_answer_is_sent_in_one_piece(server: Server, world: World) -> None:
    """Its head does not go ahead of its body: each write is a system call, here and at the client's."""
    header = ("Authorization", f"Bearer {world.key}")
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=wire.PATIENCE) as connection:
        for _ in range(5):
            connection.sendall(wire.request("GET", "/api/v1/social-accounts?limit=1", [header]))
            _read(connection)
        counts = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 156)  # linux/tcp.h, struct tcp_info
        assert int.from_bytes(counts[152:156], sys.byteorder) == 5  # tcpi_data_segs_in


def test_head_that_no_body_follows_is_sent_at_once(server: Server) -> None:
    """It does not wait for the connection to be closed, or the second request would find it closed."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=wire.PATIENCE) as connection:
        for method in ("HEAD", "GET"):
            connection.sendall(wire.request(method, "/docs"))
            assert _read(connection, method).status == 200


def _read(connection: socket.socket, method: str = "GET") -> HTTPResponse:
    response = HTTPResponse(connection, method=method)
    response.begin()
    response.read()
    return response


def test_requests_in_one_go_are_answered_in_their_order(server: Server, world: World) -> None:
    ids = [account["id"] for account in world.page(limit=5)["data"]]
    header = ("Authorization", f"Bearer {world.key}")
    requests = b"".join(wire.request("GET", f"/api/v1/social-accounts/{id}", [header]) for id in ids)
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=wire.PATIENCE) as connection:
        connection.sendall(requests + wire.request("GET", "/api/v1/health", [("Connection", "close")]))
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert [received.index(f'"id":"{id}"'.encode()) for id in ids] == sorted(
        received.index(f'"id":"{id}"'.encode()) for id in ids
    )
    assert received.count(b"HTTP/1.1 200 ") == 6


def test_client_that_hangs_up_disturbs_nobody(server: Server, world: World) -> None:
    address = urlsplit(server.url)
    head = wire.request(
        "POST", "/api/v1/social-networks/x/auth-url",
        [("Authorization", f"Bearer {world.key}"), ("Content-Type", "application/json"), ("Content-Length", "100")],
    )  # fmt: skip
    for _ in range(3):
        with socket.create_connection((address.hostname, address.port), timeout=wire.PATIENCE) as connection:
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
def test_what_is_no_http_is_refused_with_a_problem_document(server: Server, junk: bytes) -> None:
    assert server.exchange(junk).status == 400
