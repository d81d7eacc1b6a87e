"""What lives as long as the server, beside its requests (ASGI's lifespan)."""

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
    """Serves `app`, and runs `services` from the server's startup to its shutdown (ended in reverse order)."""

    def __init__(self, app: ASGIApp, services: Sequence[Service]) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.app(scope, receive, send)

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
