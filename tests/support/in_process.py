"""The mock as an ASGI application in this process, without a server: a call takes less than a millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from postfuze_mock.app import make_worlds, serve
from postfuze_mock.settings import Settings
from postfuze_mock.worlds.persistence import state_file


class Answer(NamedTuple):
    """A response."""

    status: int
    body: bytes


class App:
    """The application for `settings`, and its worlds."""

    def __init__(self, settings: Settings) -> None:
        self.worlds = make_worlds(settings)
        self._app = serve(settings, self.worlds)

    def call(self, method: str, target: str, world: str, body: bytes | None = None) -> Answer:
        """Make a call with the key of `world`; `body` is sent as JSON."""
        path, _, query = target.partition("?")
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer sk_live_{world}".encode())]
        if body is not None:
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080),
        }
        return asyncio.run(self._response(scope, body or b""))

    async def _response(self, scope: dict[str, Any], body: bytes) -> Answer:
        messages: list[MutableMapping[str, Any]] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return parts.pop() if parts else {"type": "http.disconnect"}  # a call that would wait does not

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self._app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in messages[1:])
        return Answer(messages[0]["status"], content)

    def saved(self) -> bytes:
        """The state file of all worlds."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "state.json"
            state_file.write(path, [state_file.copy(world) for world in self.worlds])
            return path.read_bytes()
