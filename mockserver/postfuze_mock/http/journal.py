"""The outermost stage: each call of the API goes into the journal of its world, with what became of it.

It costs each call little: what came and went is kept by reference, and read only when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.domain.keys import Key
from postfuze_mock.http.call import RULE_KEY, SCOPE_KEY, Call
from postfuze_mock.http.server.uvicorn_protocol import NO_ANSWER
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.journal import Journal
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.registry import DEMO, Worlds
from postfuze_mock.worlds.world import World

#: Levers, and what a person opens.
NOT_JOURNALLED = (CONTROL_PATH, "/docs", "/openapi.", "/connect", "/favicon.")
_NO_CALL = Call("", {}, {})


class JournalStage:
    """Notes calls. One that opened no world is noted for the world of its key where that is well-formed, else for
    `demo`."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method: called in half the time
        self.worlds = worlds
        self.keyring = keyring

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path = scope["path"]
        if path.startswith(NOT_JOURNALLED) or path == "/":
            return self.app(scope, receive, send)
        return self.app(scope, receive, Answer(scope, send, self.note).send)

    def note(self, scope: Scope, answer: Answer) -> None:
        """Note a call that has got its answer, or will get none."""
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
            call.sent,
            call.operation or None,
            answer.head.get("status"),
            answer.head.get("headers", ()),
            answer.body,
            perf_counter() - answer.begun,
            scope.get(RULE_KEY),
            call.fault,
        )

    def _elsewhere(self, scope: Scope) -> tuple[World | None, Journal]:
        """Where to look for a call that opened no world; that world, if it stands, for this is no reason to make it."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        key = self.keyring.key(header) or Key("live", DEMO)
        world = self.worlds.standing(key.name, mode=key.mode)
        return world, self.worlds.early(key.name, mode=key.mode) if world is None else world.journal


class Answer:
    """What is sent, passed on. With its body, which comes in one message, all is said, and the call is noted."""

    __slots__ = ("_note", "_scope", "_send", "begun", "body", "head")

    def __init__(self, scope: Scope, send: Send, note: Callable[[Scope, Answer], None]) -> None:
        self._scope = scope
        self._send = send
        self._note = note
        self.begun = perf_counter()
        self.head: Message = NO_ANSWER
        self.body = b""

    def send(self, message: Message) -> Awaitable[None]:
        """Not a coroutine of its own, which would cost more than all else here."""
        if message["type"] == "http.response.start":
            self.head = message
        else:
            self.body = message.get("body", b"")
            self._note(self._scope, self)
        return self._send(message)
