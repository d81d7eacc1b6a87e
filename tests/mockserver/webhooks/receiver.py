"""A webhook receiver whose behaviour the test controls."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.support.times import until

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

#: Handles a connection after its request; the connection is closed afterwards.
Behaviour: TypeAlias = Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True)
class Received:
    """A received delivery."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    @property
    def signed_at(self) -> int:
        """`t` of the signature."""
        return int(self._signature[0])

    def is_signed_with(self, secret: str) -> bool:
        """Whether the signature is the documented one: HMAC-SHA256 over `t`, a dot and the body."""
        at, signature = self._signature
        expected = hmac.new(secret.encode(), f"{at}.".encode() + self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(signature, expected)

    @property
    def _signature(self) -> tuple[str, str]:
        match = re.fullmatch(r"t=([0-9]+),v1=([0-9a-f]{64})", self.headers["x-postfuze-signature"])
        assert match is not None, self.headers
        return match[1], match[2]


class Receiver:
    """Records deliveries. Each connection uses up one of the `behaviours`; afterwards it responds with 200."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.behaviours: list[Behaviour] = []
        self.ended = threading.Event()
        self.tls = tls
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.host = f"[{host}]" if ":" in host else host
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/hook"

    def next(self, *behaviours: Behaviour | int) -> None:
        """Set the responses to the next deliveries: statuses or behaviours."""
        self.behaviours += [saying(status_line(each)) if isinstance(each, int) else each for each in behaviours]

    def wait_for(self, number: int) -> list[Received]:
        """Wait for exactly `number` deliveries and return them."""
        until(lambda: len(self.received) >= number, f"{number} deliveries, there are {len(self.received)}")
        assert len(self.received) == number
        return list(self.received)

    def close(self) -> None:
        """Stop listening and release waiting connections."""
        self.ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake `accept`
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._respond, args=(connection,), daemon=True).start()

    def _respond(self, connection: socket.socket) -> None:
        try:
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as stream:
                request = _read(stream)
                behaviour = self.behaviours.pop(0) if self.behaviours else saying(OK)
                self.received.append(request)
                behaviour(stream, self.ended)
        except OSError:  # the mock hung up
            return


def status_line(status: int, *fields: str) -> bytes:
    """A complete response with this status and no body."""
    return "\r\n".join((f"HTTP/1.1 {status} Whatever", "Content-Length: 0", *fields, "", "")).encode()


def saying(response: bytes) -> Behaviour:
    """Send only these bytes."""
    return lambda connection, _: connection.sendall(response)


def hanging(connection: socket.socket, ended: threading.Event) -> None:
    """Send nothing until the mock hangs up."""
    del ended
    while connection.recv(1024):
        pass


def dripping(connection: socket.socket, ended: threading.Event) -> None:
    """Slowly send an endless head."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not ended.wait(0.02):
        connection.sendall(b"a")


def flooding(connection: socket.socket, ended: threading.Event) -> None:
    """Send an endless body."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not ended.is_set():
        connection.sendall(bytes(65536))


@contextmanager
def receiving(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver(host, tls)
    try:
        yield receiver
    finally:
        receiver.close()


def unused_port() -> int:
    """A loopback port without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def now() -> float:
    """Real time, in seconds."""
    return time.time()


def _read(connection: socket.socket) -> Received:
    data = b""
    while b"\r\n\r\n" not in data:
        read = connection.recv(65536)
        if read.startswith(b"\x16"):  # a TLS handshake
            connection.sendall(status_line(400))
        if not read or read.startswith(b"\x16"):
            raise ConnectionError("no request came")
        data += read
    head, _, body = data.partition(b"\r\n\r\n")
    line, *fields = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65536)
    return Received(line, headers, body)
