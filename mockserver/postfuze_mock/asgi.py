"""The mock as an ASGI application in the process of the tests: no port, no process, a call takes a millisecond."""

from __future__ import annotations

import asyncio
from os import PathLike, fspath
from typing import Final, Unpack
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock import settings as server_settings
from postfuze_mock.app import deliverer, make_worlds, serve
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.launch.flags import MockSettings, check_names
from postfuze_mock.worlds.registry import Worlds

#: The base URL of Starlette's TestClient.
BASE_URL: Final = "http://testserver"


def application(*, base_url: str = BASE_URL, **settings: Unpack[MockSettings]) -> ASGIApp:
    """The mock for httpx's ASGITransport, Starlette's TestClient, or any ASGI server.

        transport = httpx.ASGITransport(postfuze_mock.asgi.application(clock="2026-06-14T12:10:00Z,frozen"))
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver")

    `settings` are named like the flags of `postfuze-mock serve`; the environment and pyproject.toml count for nothing
    here. `base_url` is where the client believes the mock to be: an `auth_url` begins with it. Webhooks are delivered
    with or without a lifespan, as long as the event loop of the last call runs. Raises TypeError for an unknown
    setting, and ValueError (one sentence) for an invalid one.
    """
    check_names(settings, list(MockSettings.__annotations__), "application()")
    host = urlsplit(base_url).hostname
    if host is None:
        raise ValueError(f"base_url must be a URL as {BASE_URL}; it is {base_url!r}")
    values = {name: fspath(value) if isinstance(value, PathLike) else value for name, value in settings.items()}
    values["allow_host"] = [*settings.get("allow_host", ()), host]
    options = server_settings.of(values)
    worlds = make_worlds(options, base_url=base_url.rstrip("/"))
    return InProcess(serve(options, worlds), worlds)


class InProcess:
    """Serves `app`, and delivers the events of `worlds` on the event loop that calls it. Clients in this process often
    run no lifespan, and each test may have an event loop of its own."""

    def __init__(self, app: ASGIApp, worlds: Worlds) -> None:
        self._worlds = worlds
        self._app = Lifespan(app, [self])
        self._deliverer = deliverer(worlds)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.start()
        await self._app(scope, receive, send)

    async def start(self) -> None:
        """Deliver on this event loop from now on."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._deliverer = loop, deliverer(self._worlds)
            await self._deliverer.start()

    async def stop(self) -> None:
        """Deliver no more, until the next call."""
        self._loop = None
        await self._deliverer.stop()
