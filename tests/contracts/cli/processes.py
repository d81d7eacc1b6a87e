"""The command in a process of its own, and a target that counts its calls."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from tests.e2e.mock_process import environment

PATIENCE = 60.0  # seconds

Answer: TypeAlias = tuple[int, Mapping[str, str], bytes]
"""Status, headers, body."""


class Call(NamedTuple):
    """A call as it came; `path` has its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def arguments_of(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "postfuze_contracts", *map(str, arguments)]


def contracts(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `postfuze-contracts ARGUMENTS` to its end."""
    return subprocess.run(
        arguments_of(*arguments),
        cwd=cwd,
        env=environment(extra=env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Stub:
    """A target in this process. `calls` are those that came; `arrived` is set with the first."""

    def __init__(self, respond: Callable[[Call], Answer]) -> None:
        self.calls: list[str] = []
        self.arrived = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def answer(self) -> None:
                stub.calls.append(f"{self.command} {self.path}")
                stub.arrived.set()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    status, headers, content = respond(Call(self.command, self.path, dict(self.headers), body))
                except ConnectionError:  # that is how a test hangs up
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def stub(status: int = 200, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Iterator[Stub]:
    """A target that answers every call alike, for as long as the block runs."""
    answer = (status, {"Content-Type": "application/json", **(headers or {})}, body)
    with served(Stub(lambda _: answer)) as target:
        yield target


@contextmanager
def breaking(url: str, change: Callable[[Call, Answer], Answer]) -> Iterator[Stub]:
    """The deployment at `url` with its answers changed, for as long as the block runs."""

    def respond(call: Call) -> Answer:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        kept = {name: value for name, value in call.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(call.method, parts.path + call.path, call.body, kept)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        headers = {"Content-Type": answer.getheader("Content-Type") or ""}
        return change(call, (answer.status, headers, content))

    with served(Stub(respond)) as target:
        yield target


@contextmanager
def served(target: Stub) -> Iterator[Stub]:
    """`target`, for as long as the block runs."""
    thread = threading.Thread(target=target.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield target
    finally:
        target.server.shutdown()
        thread.join()
        target.server.server_close()
