"""A running mock, and the mock in a thread of this process, which starts ten times faster than a process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from tests.support import schemas, wire
from tests.support.calls import Caller, Response
from tests.support.times import PATIENCE, until
from tests.support.world import World

from postfuze_mock.app import make_worlds
from postfuze_mock.cli.arguments import parser
from postfuze_mock.cli.listening import base_url, listen
from postfuze_mock.cli.serve import server_config
from postfuze_mock.client import Mock
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.settings import read
from postfuze_mock.worlds.registry import Worlds

LOGGER: Final = logging.getLogger("postfuze_mock")
#: Those whose lines a process would have on stderr.
LOGGERS: Final = (LOGGER, *map(logging.getLogger, ("uvicorn.error", "asyncio")))


class RunningMock:
    """A mock that responds at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pool = httpx.Client(base_url=url, timeout=PATIENCE, verify=False)
        self._callers: list[Caller] = []
        self._clients: list[Mock] = []

    def request(self, method: str, path: str, headers: dict[str, str | bytes], **options: Any) -> httpx.Response:
        """Send a request; `options` are httpx's. A 4xx must be a problem document, a 5xx fails the test."""
        raw = {name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in headers.items()}
        response = self.pool.request(method, path, headers=list(raw.items()), **options)
        assert response.status_code < 500, response.text
        if response.status_code >= 400 and method != "HEAD":
            schemas.check_problem(response.status_code, response.headers, response.json())
        return response

    def exchange(self, *parts: bytes, method: str = "GET") -> Response:
        """Send the bytes as they are; see `wire.exchange`. A 5xx fails the test."""
        response = wire.exchange(self.url, *parts, method=method)
        assert response.status < 500, response.body
        return response

    def world(self, name: str) -> World:
        """The world `name`."""
        return World(self.request, self.url, name)

    def caller(self, key: str | None, url: str | None = None) -> Caller:
        """A caller with `key` (None: without one) of `url`, by default of this mock's own."""
        self._callers.append(Caller(url or self.url, key))
        return self._callers[-1]

    def client(self, name: str) -> Mock:
        """The product's client of the world `name`."""
        self._clients.append(Mock(self.url, f"sk_test_{name}"))
        return self._clients[-1]

    @property
    def log(self) -> str:
        """The log so far."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop the mock, if it still runs; AssertionError if a request made it fail."""
        self.close()
        _, failure, trace = self.log.partition("The mock failed")
        assert not failure, trace[:2000]

    def close(self) -> None:
        """Stop the mock, if it still runs, whatever its log says."""
        self.pool.close()
        for caller in self._callers:
            caller.close()
        for client in self._clients:
            client.close()
        self._end()

    def _end(self) -> None:
        raise NotImplementedError


class LocalMock(RunningMock):
    """A mock with the settings of `postfuze-mock serve ARGUMENTS`, on a free port. Its log includes what other mocks of
    this process log meanwhile."""

    def __init__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> None:
        self._log = Log()
        options = replace(read(vars(parser().parse_args(["serve", *map(str, arguments)])), env or {}), port=0)
        options, sockets = listen(options)
        super().__init__(base_url(options))
        self.control_url = access(options).url or self.url
        try:
            #: Its worlds, for what no caller can see.
            self.worlds: Worlds = make_worlds(options, base_url=self.url)
            config = server_config(options, self.worlds)
        except (ValueError, OSError):
            for socket in sockets:
                socket.close()
            raise
        LOGGER.setLevel(logging.INFO)
        for logger in LOGGERS:
            logger.addHandler(self._log)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=(sockets,), daemon=True)
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive(), "the server")
        assert self._server.started, "The server ended"

    @property
    def log(self) -> str:
        return "\n".join(self._log.lines)

    def _end(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        for logger in LOGGERS:
            logger.removeHandler(self._log)


class Log(logging.Handler):
    """Collects log lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
