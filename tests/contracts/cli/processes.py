"""The command in a process of its own, and a target that counts its calls."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.e2e.mock_process import environment

PATIENCE = 60.0  # seconds


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
    """Answers every call with `status` and `body`; `calls` are those that came."""

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.calls: list[str] = []
        self.arrived = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                stub.calls.append(f"{self.command} {self.path}")
                stub.arrived.set()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def stub(status: int = 200, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Iterator[Stub]:
    """A target for as long as the block runs."""
    target = Stub(status, body, headers or {})
    thread = threading.Thread(target=target.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield target
    finally:
        target.server.shutdown()
        thread.join()
        target.server.server_close()
