"""`postfuze-mock serve`."""

from __future__ import annotations

import argparse
import gc
import logging
import signal
import socket
import sys
from dataclasses import fields
from typing import Any, NoReturn

import uvicorn
from starlette.types import ASGIApp

from postfuze_mock import settings
from postfuze_mock.app import make_worlds, serve, services
from postfuze_mock.cli import banner, logs
from postfuze_mock.cli.reloading import Reloading
from postfuze_mock.http.living import Living
from postfuze_mock.http.wire import Protocol
from postfuze_mock.settings import LogFormat, Settings

logger = logging.getLogger(__name__)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; 0 then. ValueError and OSError say in a sentence why it cannot start."""
    chosen = settings.read(_flags(arguments))
    logs.configure(chosen.log_format)
    listener = _listen(chosen.host, chosen.port)
    url = _url(chosen.host, listener.getsockname()[1])
    worlds = make_worlds(chosen, base_url=url)
    app: ASGIApp = serve(chosen, worlds)
    beside = services(chosen, worlds)
    if chosen.reload:
        app = reloading = Reloading(app, chosen, worlds)
        beside.append(reloading)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _quit)  # what uvicorn raises again once it has shut down
    config = uvicorn.Config(
        Living(app, beside),
        http=Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    _Announced(config, url, chosen.log_format).run(sockets=[listener])
    return 0


class _Announced(uvicorn.Server):
    """Says so when it is ready: the banner on stderr, and the one line on stdout that scripts wait for."""

    def __init__(self, config: uvicorn.Config, url: str, log_format: LogFormat) -> None:
        super().__init__(config)
        self.url = url
        self.log_format = log_format

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # all of this lives as long as the server
        gc.enable()
        if not self.should_exit:
            if self.log_format == "json":  # for a machine: an entry like any other
                logger.info("Ready at %s.", self.url)
            else:
                print(banner.text(self.url), file=sys.stderr, flush=True)
            print(f"postfuze-mock ready at {self.url}", flush=True)


def _flags(arguments: argparse.Namespace) -> dict[str, Any]:
    flags = {each.name: getattr(arguments, each.name) for each in fields(Settings)}
    flags = {name: tuple(flag) if isinstance(flag, list) and name != "assume" else flag for name, flag in flags.items()}
    if flags["assume"] is not None:
        flags["assume"] = settings.assumptions(",".join(flags["assume"]))
    return flags


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        hint = "; choose another with --port, or --port 0 for a free one" if port else ""
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}{hint}") from error
    return listener


def _url(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _quit(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
