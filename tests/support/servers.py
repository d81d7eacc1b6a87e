"""The mock in a thread of this process, behind real HTTP: it starts in a tenth of the time that a process takes."""

from __future__ import annotations

import logging
import threading
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import uvicorn
from tests.support.calls import Caller
from tests.support.patience import until

from postfuze_mock import settings
from postfuze_mock.app import make_worlds, serve, services
from postfuze_mock.cli import listening
from postfuze_mock.cli.arguments import parser
from postfuze_mock.client import Mock
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.http.server.uvicorn_protocol import UvicornProtocol
from postfuze_mock.settings import Settings

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
        options = _settings(parser().parse_args(["serve", *map(str, arguments)]), env or {})
        sockets = [listening.listen(options.host, 0, "--port")]
        options = replace(options, port=sockets[0].getsockname()[1])
        listener = access(options).listener
        if listener is not None:
            sockets.append(listening.listen(*listener, "--control-port"))
            options = replace(options, control_port=sockets[1].getsockname()[1])
        self.url = listening.url(options.host, options.port)
        self.control_url = access(options).url or self.url
        try:
            worlds = make_worlds(options, base_url=self.url)
            app = Lifespan(serve(options, worlds), services(options, worlds))
        except (ValueError, OSError):
            for each in sockets:
                each.close()
            raise
        LOGGER.setLevel(logging.INFO)
        LOGGER.addHandler(self._log)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=UvicornProtocol,
                ws="none",
                proxy_headers=False,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
            )
        )
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


def _settings(arguments: Namespace, env: Mapping[str, str]) -> Settings:
    flags: dict[str, Any] = {each.name: getattr(arguments, each.name) for each in fields(Settings)}
    if flags["assume"] is not None:
        flags["assume"] = settings.assumptions(",".join(flags["assume"]))
    return settings.read(flags, env)
