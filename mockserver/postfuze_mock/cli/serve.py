"""`postfuze-mock serve`."""

from __future__ import annotations

import argparse
import errno
import gc
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp

from postfuze_mock.app import autosave, make_worlds, serve, services
from postfuze_mock.cli import open_files, output, stdin_watch
from postfuze_mock.cli.reload import Reload
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.http.server.connections import Connections
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.http.server.uvicorn_protocol import UvicornProtocol
from postfuze_mock.settings import InvalidSettingError, Settings, SettingsError, read, source
from postfuze_mock.worlds.first_world import first_name, key_of
from postfuze_mock.worlds.registry import Worlds


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM (with `exit_on_stdin_close`, also until stdin is closed), then exit with 0, or with
    1 if the last changes could not be saved. Raises ValueError or OSError (one sentence) if the server cannot start."""
    try:
        return _run(read(vars(arguments)))
    except InvalidSettingError as error:
        raise SettingsError(f"{source(error.setting, vars(arguments))} {error.reason}") from error


def _run(settings: Settings) -> int:
    if settings.exit_on_stdin_close:
        stdin_watch.check(settings.world)
    output.configure_log(settings.log_format)
    settings, sockets = listen(settings)
    url = base_url(settings)
    worlds = make_worlds(settings, base_url=url)
    key = key_of(worlds, first_name(worlds), mode="live")
    announce = partial(output.announce, url, access(settings), key, settings.log_format)
    server = _Server(server_config(settings, worlds), announce)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, server.quit)  # uvicorn raises the signal again once it has shut down
    if settings.exit_on_stdin_close:
        stdin_watch.watch(server.stop)
    server.run(sockets=sockets)
    return server.exit_code


def listen(settings: Settings) -> tuple[Settings, list[socket.socket]]:
    """Open the sockets of the API and, if it has a separate port, of the control API. Returns the settings with the
    actual ports, and the sockets.

    Raises OSError or SettingsError (one sentence).
    """
    listener = access(settings).listener  # refuses invalid settings before a port is opened
    api = _listen(settings.host, settings.port, "--port")
    settings, sockets = replace(settings, port=api.getsockname()[1]), [api]
    if listener is not None:
        sockets.append(_listen(*listener, "--control-port"))
        settings = replace(settings, control_port=sockets[-1].getsockname()[1])
    return settings, sockets


def base_url(settings: Settings) -> str:
    """The URL of the server for browsers on this machine."""
    host = settings.host
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{settings.port}"


def server_config(settings: Settings, worlds: Worlds) -> uvicorn.Config:
    """The configuration of uvicorn for settings with actual ports. Raises ValueError (one sentence)."""
    saving = autosave(settings, worlds)
    app: ASGIApp = serve(settings, worlds, saving=saving)
    connections = Connections(
        maximum=open_files.fit(settings.max_connections),
        request_timeout=settings.request_timeout,
        idle_timeout=settings.idle_timeout,
    )
    background = [*services(worlds, saving), connections]
    if settings.reload:
        app = reload = Reload(app, settings, worlds, saving)
        background.append(reload)
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


def _listen(host: str, port: int, flag: str) -> socket.socket:
    """A listening socket; `flag` is the flag that sets its port. Raises OSError (one sentence)."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}{_hint(error, port, flag)}") from error
    return listener


def _hint(error: OSError, port: int, flag: str) -> str:
    """What to change after `error`: the host, if this machine does not have it, else the port."""
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return "; --host must be an address of this machine, such as 127.0.0.1 or 0.0.0.0"
    return f"; choose another with {flag}, or {flag} 0 for a free one" if port else ""
