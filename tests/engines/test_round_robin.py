"""The proxy of these tests: each request goes to the next backend, and no byte is lost or added."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Thread
from urllib.parse import urlsplit

import pytest
from tests.support import wire
from tests.support.keep_alive import DROPPED, Answer, Connection
from tests.support.round_robin import RoundRobin
from tests.support.times import PATIENCE, until

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nback"
GET = wire.request("GET", "/")


class Backend:
    """Answers each request with `answer`, whatever it is; None breaks the connection off with a reset."""

    def __init__(self, answer: bytes | None = PLAIN, *, body: int = 0) -> None:
        self.answer = answer
        self.body = body
        self.requests: list[bytes] = []
        self.ended: list[bool] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        if self._listener.fileno() >= 0:
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake `accept`
            self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            with connection:
                self._respond(connection)

    def _respond(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        request = b""
        while b"\r\n\r\n" not in request or len(request.partition(b"\r\n\r\n")[2]) < self.body:
            request += connection.recv(65536)
        self.requests.append(request)
        if self.answer is None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        elif self.answer:
            connection.sendall(self.answer)
        else:  # none, until the client goes
            self.ended.append(connection.recv(1) == b"")


@contextmanager
def proxied(*backends: Backend) -> Iterator[RoundRobin]:
    with RoundRobin(*(backend.url for backend in backends)) as proxy:
        yield proxy
    for backend in backends:
        backend.close()


def calls(proxy: RoundRobin, count: int, request: bytes = GET) -> list[Answer]:
    """Make the same call again and again on one connection."""
    with closing(Connection(proxy.url)) as connection:
        return [connection.call(request) for _ in range(count)]


def bodies(proxy: RoundRobin, count: int) -> list[bytes]:
    return [answer.body for answer in calls(proxy, count)]


def named(*names: str) -> Sequence[Backend]:
    return [Backend(PLAIN.replace(b"back", name.encode())) for name in names]


def test_requests_of_one_connection_go_to_all_backends_in_turn() -> None:
    backends = named("one.", "two.", "tree")
    with proxied(*backends) as proxy:
        assert bodies(proxy, 7) == [b"one.", b"two.", b"tree"] * 2 + [b"one."]
        assert [proxy.forwarded[each.url] for each in backends] == [3, 2, 2]


def test_backend_that_refuses_connections_is_passed_over_and_comes_back() -> None:
    one, two = named("one.", "two.")
    with proxied(one, two) as proxy:
        two.close()
        assert bodies(proxy, 3) == [b"one."] * 3
        with proxied(*named("new.")) as other:
            proxy.backends[1] = other.backends[0]
            assert sorted(bodies(proxy, 2)) == [b"new.", b"one."]


def test_without_a_backend_there_is_a_502() -> None:
    with RoundRobin("http://127.0.0.1:9") as proxy:
        assert [answer.status for answer in calls(proxy, 2)] == [502, 502]


@pytest.mark.parametrize("chunked", [False, True])
def test_body_of_a_request_comes_whole_and_unchanged(chunked: bool) -> None:
    body = bytes(range(256)) * 4096
    sent = wire.chunked(body) if chunked else body
    fields = [("Transfer-Encoding", "chunked")] if chunked else [("Content-Length", str(len(body)))]
    with proxied(backend := Backend(body=len(sent))) as proxy:
        request = wire.request("POST", "/x?y=%20", fields, sent)
        assert [answer.body for answer in calls(proxy, 1, request)] == [b"back"]
    assert backend.requests == [request]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + wire.chunked(b"x" * 200_000),
        b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN,
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
    ids=["chunked", "interim", "no-length", "cut-body", "cut-head", "no-content"],
)
def test_answer_is_passed_on_as_it_is(answer: bytes) -> None:
    with proxied(Backend(answer)) as proxy:
        address = urlsplit(proxy.url)
        with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as client:
            client.sendall(GET)
            received = b""
            while len(received) < len(answer):
                part = client.recv(65536)
                assert part, received[-100:]
                received += part
    assert received == answer


def test_answer_to_head_has_no_body() -> None:
    with proxied(Backend(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")) as proxy:
        connection = http.client.HTTPConnection(urlsplit(proxy.url).netloc, timeout=PATIENCE)
        for _ in range(2):
            connection.request("HEAD", "/")
            response = connection.getresponse()
            assert (response.getheader("Content-Length"), response.read()) == ("4", b"")
        connection.close()


def test_reset_by_the_backend_is_a_reset_for_the_client() -> None:
    with proxied(Backend(None)) as proxy:
        address = urlsplit(proxy.url)
        with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as client:
            client.sendall(GET)
            with pytest.raises(ConnectionResetError):
                client.recv(1)


def test_client_that_goes_ends_its_request() -> None:
    with proxied(backend := Backend(b"")) as proxy:
        with closing(Connection(proxy.url)) as connection:
            connection.send(GET)
            until(lambda: bool(backend.requests), "the request")
        until(lambda: bool(backend.ended), "the end of it")


def test_connection_that_a_backend_closes_is_closed() -> None:
    with proxied(Backend(PLAIN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))) as proxy:
        assert wire.stream(proxy.url, GET).endswith(b"\r\n\r\nback")


def test_dropped_answer_is_dropped() -> None:
    class Dropping(Backend):
        def _respond(self, connection: socket.socket) -> None:
            connection.recv(65536)

    with proxied(Dropping()) as proxy:
        assert calls(proxy, 2) == [DROPPED, DROPPED]
