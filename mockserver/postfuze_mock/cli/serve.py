"""A server in one process: all of `postfuze-mock serve`, or one of its workers."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp

from postfuze_mock.app import autosave, make_worlds, metrics, serve, services
from postfuze_mock.cli import open_files
from postfuze_mock.cli.listening import base_url
from postfuze_mock.cli.reload import Reload
from postfuze_mock.http.server.connections import Connections
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.http.server.uvicorn_protocol import UvicornProtocol
from postfuze_mock.settings import Settings
from postfuze_mock.worlds.first_world import first_name, key_of
from postfuze_mock.worlds.registry import Worlds


def run(
    settings: Settings,
    sockets: list[socket.socket],
    announce: Callable[[str | None], None],
    watches: Sequence[Callable[[Callable[[], None]], None]] = (),
) -> int:
    """Serve on `sockets`, whose ports `settings` have, until SIGINT or SIGTERM. Returns the exit code: 1 if the last
    changes could not be saved, else 0. `announce` is called when it accepts requests, with a key to begin with (None:
    no key may be shown); each of `watches` with a function that stops the server, from any thread.

    Raises ValueError or OSError (one sentence) if the server cannot start."""
    worlds = make_worlds(settings, base_url=base_url(settings))
    key = key_of(worlds, first_name(worlds), mode="live")
    server = _Server(server_config(settings, worlds), partial(announce, key))
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, server.quit)  # uvicorn raises the signal again once it has shut down
    for watch in watches:
        watch(server.stop)
    server.run(sockets=sockets)
    return server.exit_code


def server_config(settings: Settings, worlds: Worlds) -> uvicorn.Config:
    """The configuration of uvicorn for settings with actual ports. Raises ValueError (one sentence)."""
    saving, counting = autosave(settings, worlds), metrics(settings, worlds)
    build = partial(serve, settings, worlds, saving=saving, counting=counting)
    connections = Connections(
        maximum=open_files.fit(settings.max_connections),
        request_timeout=settings.request_timeout,
        idle_timeout=settings.idle_timeout,
    )
    background = [*services(settings, worlds, saving, counting), connections]
    app: ASGIApp
    if settings.reload:
        app = reload = Reload(build, settings, worlds)
        background.append(reload)
    else:
        app = build()
    return uvicorn.Config(
        Lifespan(app, background),
        http=partial(UvicornProtocol, connections=connections),  # type: ignore[arg-type]  # called like the class
        ws="none",
        proxy_headers=False,  # the mock does not read them
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
    )


class _Server(uvicorn.Server):
    """Calls `announce` when it accepts requests."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # everything so far lives as long as the server
        gc.enable()
        if not self.should_exit:
            self.announce()

    @property
    def exit_code(self) -> int:
        """1 if a background service failed to stop in good order, which the log says then."""
        return 1 if self.started and self.lifespan.should_exit else 0

    def stop(self) -> None:
        """Stop serving, from any thread, as a signal does."""
        self.should_exit = True

    def quit(self, _signal: int, _frame: object) -> NoReturn:
        """End the process on a signal."""
        raise SystemExit(self.exit_code)
