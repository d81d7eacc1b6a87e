"""The outermost application: passes HTTP requests on, and runs background services as long as the server (ASGI)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.http.call import SCOPE_KEY


@runtime_checkable
class Service(Protocol):
    """Background work: started before the first request, stopped after the last."""

    async def start(self) -> None:
        """Start the work; its tasks run until `stop`."""

    async def stop(self) -> None:
        """Stop the work and all its tasks. Raises ValueError or OSError (one sentence) if something is lost by that."""


class Lifespan:
    """Serves `app` to HTTP requests, refuses web sockets, and runs `services` from the server's startup to its shutdown
    (stopped in reverse order). Its call is a coroutine, because that is how servers recognize an ASGI 3 application;
    inner applications need not be."""

    def __init__(self, app: ASGIApp, services: Sequence[Service] = ()) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self.app(scope, receive, send)
            finally:
                # The server keeps the scope until the connection's next request; the world must not look used so long.
                scope.pop(SCOPE_KEY, None)
        elif scope["type"] == "lifespan":
            await self._run(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _run(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for service in self.services:
                    await service.start()
            else:
                await send(await self._stop())
                return
            await send({"type": "lifespan.startup.complete"})

    async def _stop(self) -> Message:
        """Stop all services. The message with which the server is told, and logs what failed."""
        failures = []
        for service in reversed(self.services):
            try:
                await service.stop()
            except (ValueError, OSError) as error:  # one sentence; the other services are stopped all the same
                failures.append(str(error))
        if not failures:
            return {"type": "lifespan.shutdown.complete"}
        return {"type": "lifespan.shutdown.failed", "message": " ".join(failures)}
