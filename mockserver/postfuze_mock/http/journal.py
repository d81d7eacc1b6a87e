"""The outermost stage: each call of the API goes into the journal of its world, with the response it got.

It adds little to a call: requests and responses are kept by reference, and read when somebody asks for the journal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.domain.keys import Key
from postfuze_mock.http.call import RULE_KEY, SCOPE_KEY, Call
from postfuze_mock.http.server.uvicorn_protocol import NO_RESPONSE
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.journal.journal import Journal
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.registry import DEMO, Worlds
from postfuze_mock.worlds.world import World

#: The control API, and the pages that a person opens.
NOT_JOURNALLED = (CONTROL_PATH, "/docs", "/openapi.", "/connect", "/favicon.")
_NO_CALL = Call("", {}, {})


class JournalStage:
    """Notes calls. A call without a world is noted for the world of its key if the key is well-formed, else for
    `demo`."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call
        self.worlds = worlds
        self.keyring = keyring

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path = scope["path"]
        if path.startswith(NOT_JOURNALLED) or path == "/":
            return self.app(scope, receive, send)
        return self.app(scope, receive, Recorder(scope, send, self.note).send)

    def note(self, scope: Scope, recorder: Recorder) -> None:
        """Note a call whose response is complete, or that gets none."""
        call: Call = scope.get(SCOPE_KEY, _NO_CALL)
        world = call.world
        if world is None:
            world, journal = self._elsewhere(scope)
        else:
            journal = world.journal
        journal.add(
            None if world is None else world.clock.now(),
            scope["method"],
            scope.get("raw_path") or scope["path"].encode(),
            scope["query_string"],
            scope["headers"],
            call.body,
            call.operation or None,
            recorder.head.get("status"),
            recorder.head.get("headers", ()),
            recorder.body,
            perf_counter() - recorder.start,
            scope.get(RULE_KEY),
            call.fault,
        )

    def _elsewhere(self, scope: Scope) -> tuple[World | None, Journal]:
        """The world and the journal for a call without a world. The world is None if it has not been made: noting a
        call is no reason to make it."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        key = self.keyring.key(header) or Key("live", DEMO)
        world = self.worlds.existing(key.name, mode=key.mode)
        return world, self.worlds.early_journal(key.name, mode=key.mode) if world is None else world.journal


class Recorder:
    """Passes a response on and keeps its parts. The body comes in one message; with it the call is noted."""

    __slots__ = ("_note", "_scope", "_send", "body", "head", "start")

    def __init__(self, scope: Scope, send: Send, note: Callable[[Scope, Recorder], None]) -> None:
        self._scope = scope
        self._send = send
        self._note = note
        self.start = perf_counter()
        self.head: Message = NO_RESPONSE
        self.body = b""

    def send(self, message: Message) -> Awaitable[None]:
        """No coroutine: that would cost more than everything else here."""
        if message["type"] == "http.response.start":
            self.head = message
        else:
            self.body = message.get("body", b"")
            self._note(self._scope, self)
        return self._send(message)
