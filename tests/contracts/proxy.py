"""A deployment that breaks a rule: the mock behind a proxy that changes what passes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PASSED_ON = ("authorization", "content-type", "accept")


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed; a new object each time, to be changed as one likes."""
        return json.loads(self.body) if self.body else None

    def but(self, body: object, status: int | None = None, **headers: str) -> Answer:
        """This answer with another body, and another status and further headers where given."""
        return replace(
            self, status=status or self.status, headers={**self.headers, **headers}, body=json.dumps(body).encode()
        )


@dataclass(frozen=True)
class Call:
    """What came in; `path` is below the API's root and without its query."""

    upstream: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path.removeprefix("/api/v1")

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    def forward(self) -> Answer:
        """The mock's answer."""
        address = urlsplit(self.upstream)
        connection = HTTPConnection(address.netloc, timeout=20)
        sent = {name: value for name, value in self.headers.items() if name in PASSED_ON}
        connection.request(self.method, self.target, self.body or None, sent)
        answer = connection.getresponse()
        kept = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "content-length"}
        body = answer.read()
        connection.close()
        return Answer(answer.status, kept, body)

    def instead(self, method: str, path: str, body: object = None) -> Answer:
        """The mock's answer to another call with the same headers."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {**self.headers, "content-type": "application/json"} if content else self.headers
        return replace(self, method=method, target=f"/api/v1{path}", body=content, headers=headers).forward()


Rule = Callable[[Call], Answer]


class Proxy:
    """Serves `rule` on a free port until it is closed."""

    def __init__(self, upstream: str, rule: Rule) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece, or it waits for the caller's acknowledgement
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = rule(Call(upstream, self.command, self.path, headers, body))
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_DELETE = handle_any

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
