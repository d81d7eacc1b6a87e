"""A server that records requests and responds to each with an empty list."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Received:
    """A request; `path` is decoded, `query` maps names to lists of values, `body` is parsed (None: no body),
    `connection` is the client's port."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: Message
    connection: int


@dataclass
class Recorder:
    """The URL of the server, and the requests that it received."""

    url: str
    received: list[Received] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)

    def hang_up(self) -> None:
        """End all connections, as a server does with idle ones."""
        for connection in set(self.connections):
            connection.shutdown(socket.SHUT_RDWR)

    def only(self) -> Received:
        """The only request since the last call."""
        (request,) = self.received
        self.received.clear()
        return request


@contextmanager
def recording() -> Iterator[Recorder]:
    """Run a recorder."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            body = json.loads(content) if content else None
            recorder.received.append(
                Received(
                    self.command, unquote(parts.path), parse_qs(parts.query), body, self.headers, self.client_address[1]
                )
            )
            recorder.connections.append(self.connection)
            if not self.path.startswith("/_mock/"):
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", "12")
            self.end_headers()
            self.wfile.write(b'{"data": []}')

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = respond

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorder = Recorder(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
