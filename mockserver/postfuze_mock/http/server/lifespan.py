"""The outermost of the application: its requests, and what lives as long as the server (ASGI's lifespan)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send


class Service(Protocol):
    """Work in the background: begun before the first request, ended after the last."""

    async def start(self) -> None:
        """Begin; tasks of its own go on until `stop`."""

    async def stop(self) -> None:
        """End, with nothing left running."""


class Living:
    """Serves `app` to HTTP requests, refuses web sockets, and runs `services` from the server's startup to its shutdown
    (ended in reverse order). A coroutine, which servers tell by how an application is to be called; what is within
    needs to be none."""

    def __init__(self, app: ASGIApp, services: Sequence[Service] = ()) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for service in self.services:
                    await service.start()
            else:
                for service in reversed(self.services):
                    await service.stop()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
