"""`postfuze-mock serve`."""

from __future__ import annotations

import argparse
import gc
import logging
import signal
import socket
import sys
from dataclasses import fields, replace
from typing import Any, NoReturn

import uvicorn
from starlette.types import ASGIApp

from postfuze_mock import settings
from postfuze_mock.app import make_worlds, serve, services
from postfuze_mock.cli import banner, listening, logs
from postfuze_mock.cli.reloading import Reloading
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.http.server.uvicorn_protocol import UvicornProtocol
from postfuze_mock.settings import Settings

logger = logging.getLogger(__name__)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; 0 then. ValueError and OSError say in a sentence why it cannot start."""
    chosen = settings.read(_flags(arguments))
    logs.configure(chosen.log_format)
    access(chosen)  # what cannot be is refused before a port is taken
    chosen, sockets = _listen(chosen)
    url = listening.url(chosen.host, chosen.port)
    worlds = make_worlds(chosen, base_url=url)
    app: ASGIApp = serve(chosen, worlds)
    beside = services(chosen, worlds)
    if chosen.reload:
        app = reloading = Reloading(app, chosen, worlds)
        beside.append(reloading)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _quit)  # what uvicorn raises again once it has shut down
    config = uvicorn.Config(
        Lifespan(app, beside),
        http=UvicornProtocol,
        ws="none",
        proxy_headers=False,  # nothing here asks for what they tell
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    _Announced(config, url, chosen).run(sockets=sockets)
    return 0


class _Announced(uvicorn.Server):
    """Says so when it is ready: the banner on stderr, and the one line on stdout that scripts wait for."""

    def __init__(self, config: uvicorn.Config, url: str, chosen: Settings) -> None:
        super().__init__(config)
        self.url = url
        self.chosen = chosen

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # all of this lives as long as the server
        gc.enable()
        if not self.should_exit:
            levers = banner.levers(self.url, access(self.chosen))
            if self.chosen.log_format == "json":  # for a machine: entries like any other
                logger.info("Ready at %s.", self.url)
                logger.info("Levers: %s", levers)
            else:
                print(banner.text(self.url, levers), file=sys.stderr, flush=True)
            print(f"postfuze-mock ready at {self.url}", flush=True)


def _listen(chosen: Settings) -> tuple[Settings, list[socket.socket]]:
    """The sockets of the API and, where they have one of their own, of the levers; the settings with their ports."""
    api = listening.listen(chosen.host, chosen.port, "--port")
    chosen, sockets = replace(chosen, port=api.getsockname()[1]), [api]
    levers = access(chosen).listener
    if levers is not None:
        sockets.append(listening.listen(*levers, "--control-port"))
        chosen = replace(chosen, control_port=sockets[-1].getsockname()[1])
    return chosen, sockets


def _flags(arguments: argparse.Namespace) -> dict[str, Any]:
    flags = {each.name: getattr(arguments, each.name) for each in fields(Settings)}
    if flags["assume"] is not None:
        flags["assume"] = settings.assumptions(",".join(flags["assume"]))
    return flags


def _quit(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
