"""A running mock, and one pool of connections to it."""

from __future__ import annotations

import re
import signal
from typing import Any

import httpx
from tests.support import problem, wire
from tests.support.processes import MockProcess
from tests.support.wire import Answer
from tests.support.world import World


class Server:
    """The command in a process of its own, ready for calls. Each refusal that it gives is checked to be a problem
    document, and nothing may make it answer 5xx."""

    def __init__(self, process: MockProcess) -> None:
        self.process = process
        self.url = process.url
        self.pool = httpx.Client(base_url=self.url, timeout=wire.PATIENCE)

    def request(self, method: str, path: str, headers: dict[str, str | bytes], **options: Any) -> httpx.Response:
        """Any call; `options` are httpx's."""
        raw = {name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in headers.items()}
        response = self.pool.request(method, path, headers=list(raw.items()), **options)
        assert response.status_code < 500, response.text
        if response.status_code >= 400 and method != "HEAD":
            problem.check(response.status_code, response.headers, response.json())
        return response

    def exchange(self, *parts: bytes, method: str = "GET") -> Answer:
        """Bytes for bytes; see `wire.exchange`."""
        answer = wire.exchange(self.url, *parts, method=method)
        assert answer.status < 500, answer.body
        return answer

    def world(self, name: str) -> World:
        """The world `name` of this server."""
        return World(self.request, self.url, name)

    def stop(self) -> None:
        """End it as an operator would: SIGTERM ends it cleanly, and stdout holds the ready line alone."""
        self.pool.close()
        assert self.process.send(signal.SIGTERM) == 0
        assert re.fullmatch(r"postfuze-mock ready at http://127\.0\.0\.1:[1-9][0-9]*\n", self.process.stdout)
        _, failed, told = self.process.stderr.partition("The mock failed")
        assert not failed, told[:2000]
