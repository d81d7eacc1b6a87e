"""The outermost stage: each call of the API goes into the journal of its world, with what became of it.

It costs each call little: what came and went is kept by reference, and read only when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.http.call import RULE_KEY, SCOPE_KEY, Call
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.journal import BODY_BOUND, Entry, Headers
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.registry import DEMO, Worlds
from postfuze_mock.worlds.world import World

#: Levers, and what a person opens.
NOT_JOURNALLED = (CONTROL_PATH, "/docs", "/openapi.", "/connect", "/favicon.")
_NO_CALL = (None, None, None, None)


class JournalStage:
    """Notes calls. One that opened no world goes to the world of its key where that is well-formed, else to `demo`."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring) -> None:
        self.app = app
        self.worlds = worlds
        self.keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(NOT_JOURNALLED) or path == "/":
            return await self.app(scope, receive, send)
        answer = Answer(send)
        start = perf_counter()
        try:
            await self.app(scope, receive, answer.send)
        finally:
            self._note(scope, answer, perf_counter() - start)

    def _note(self, scope: Scope, answer: Answer, seconds: float) -> None:
        call: Call | None = scope.get(SCOPE_KEY)
        operation, sent, fault, world = (
            _NO_CALL if call is None else (call.operation, call.sent, call.fault, call.world)
        )
        if world is None:
            world = self._world(scope)
        journal, now = (self.worlds.early, None) if world is None else (world.journal, world.clock.now())
        target, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
        # The class itself would take ten times as long.
        entry = tuple.__new__(
            Entry,
            (
                now,
                scope["method"],
                b"%b?%b" % (target, query) if query else target,
                scope["headers"],
                sent,
                operation,
                answer.status,
                answer.headers,
                answer.body if len(answer.body) <= BODY_BOUND else answer.body[: BODY_BOUND + 1],
                seconds,
                scope.get(RULE_KEY),
                fault,
            ),
        )
        journal.add(entry)

    def _world(self, scope: Scope) -> World | None:
        """The world to look for a call that opened none; None for `demo` before it is made, which this is no reason
        for."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        world = self.keyring.lever_world(header) if header is not None else None
        return world or self.worlds.standing(DEMO)


class Answer:
    """What is sent, passed on and remembered; no more of the body than a journal keeps."""

    __slots__ = ("_send", "body", "headers", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None
        self.headers: Headers = ()
        self.body = b""

    def send(self, message: Message) -> Awaitable[None]:
        """Not a coroutine of its own, which would cost more than all else here."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message.get("headers", ())
        elif not self.body:
            self.body = message.get("body", b"")
        elif len(self.body) <= BODY_BOUND:
            self.body += message.get("body", b"")
        return self._send(message)
