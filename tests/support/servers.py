"""The mock in a thread of this process, behind real HTTP: it starts in a tenth of the time that a process takes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import uvicorn
from tests.support.calls import Caller
from tests.support.patience import until

from postfuze_mock.cli.arguments import parser
from postfuze_mock.cli.serve import base_url, listen, server_config
from postfuze_mock.client import Mock
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.settings import read

LOGGER: Final = logging.getLogger("postfuze_mock")


class RunningMock:
    """A mock that answers at `url`."""

    url: str

    def __init__(self) -> None:
        self._callers: list[Caller] = []
        self._clients: list[Mock] = []

    def caller(self, key: str | None, url: str | None = None) -> Caller:
        """Somebody with `key` (None: without one), who calls `url` instead of this mock's own where there is one."""
        self._callers.append(Caller(url or self.url, key))
        return self._callers[-1]

    def mock(self, name: str) -> Mock:
        """The control API of the world `name`."""
        self._clients.append(Mock(self.url, f"sk_test_{name}"))
        return self._clients[-1]

    def hang_up(self) -> None:
        """Close all connections to it."""
        for caller in self._callers:
            caller.close()
        for client in self._clients:
            client.close()

    @property
    def log(self) -> str:
        """What it has logged."""
        raise NotImplementedError

    def stop(self) -> None:
        """End it."""
        raise NotImplementedError


class LocalMock(RunningMock):
    """A mock with the settings that `postfuze-mock serve ARGUMENTS` has, on a free port, until `stop`. Its log has what
    other mocks of this process log meanwhile, too."""

    def __init__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._log = Log()
        options = replace(read(vars(parser().parse_args(["serve", *map(str, arguments)])), env or {}), port=0)
        options, sockets = listen(options)
        self.url = base_url(options)
        self.control_url = access(options).url or self.url
        try:
            config = server_config(options)
        except (ValueError, OSError):
            for each in sockets:
                each.close()
            raise
        LOGGER.setLevel(logging.INFO)
        LOGGER.addHandler(self._log)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=(sockets,), daemon=True)
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive(), "the server")
        assert self._server.started, "The server ended"

    @property
    def log(self) -> str:
        return "\n".join(self._log.lines)

    def stop(self) -> None:
        """End it as SIGTERM would, if it has not ended."""
        self.hang_up()
        self._server.should_exit = True
        self._thread.join()
        LOGGER.removeHandler(self._log)


class Log(logging.Handler):
    """Keeps what is logged, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
