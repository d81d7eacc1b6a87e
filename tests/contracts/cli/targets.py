"""Targets for the command: one with the same response to every request, and the mock with changed responses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.contracts.family import wire
from tests.contracts.family.mock import Deployment, Mock

PATIENCE = 60.0  # seconds


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Request(NamedTuple):
    """A received request; `path` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Stub:
    """An HTTP server in this process that hangs up if `respond` returns None. It collects `requests`; the first one
    sets `arrived`."""

    def __init__(self, respond: Callable[[Request], Response | None]) -> None:
        self.requests: list[str] = []
        self.arrived = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # otherwise each response waits 40 ms for an acknowledgement

            def respond(self) -> None:
                stub.requests.append(f"{self.command} {self.path}")
                stub.arrived.set()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                response = respond(Request(self.command, self.path, dict(self.headers), body))
                if response is None:
                    self.close_connection = True
                    return
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                self.wfile.write(response.body)

            do_GET = do_POST = do_DELETE = respond

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def stub(status: int = 200, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Iterator[Stub]:
    """Serve a target with the same response to every request while the block runs."""
    response = Response(status, {"Content-Type": "application/json", **(headers or {})}, body)
    with served(Stub(lambda _: response)) as target:
        yield target


@contextmanager
def served(target: Stub) -> Iterator[Stub]:
    """Serve `target` while the block runs."""
    thread = threading.Thread(target=target.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield target
    finally:
        target.server.shutdown()
        thread.join()
        target.server.server_close()


@contextmanager
def changed_mock(
    operation: str, change: Callable[[wire.Request, wire.Response], wire.Response]
) -> Iterator[Deployment]:
    """Serve the mock with changed responses of an operation (`*`: of all) while the block runs."""
    mock = Mock()
    mock.responses(operation, change)
    with mock.served() as deployment:
        yield deployment
