"""The outermost stage: records each call of the API and its response in the journal of its world.

It adds little to a call: requests and responses are stored by reference, and formatted when the journal is read.
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.domain.keys import Key
from postfuze_mock.http.call import RULE_KEY, SCOPE_KEY, Call
from postfuze_mock.http.server.connection import NO_RESPONSE
from postfuze_mock.settings import API_PATH, CONTROL_PATH, METRICS_PATH
from postfuze_mock.worlds.coverage import MAX_BODY, MAX_CALLS, SAMPLE
from postfuze_mock.worlds.journal.journal import Journal
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.origins import DEMO
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

#: The control API, and the pages that a person opens.
NOT_JOURNALLED = (CONTROL_PATH, "/docs", "/openapi.", "/connect", "/favicon.", METRICS_PATH)
_NO_CALL = Call("", {}, {})
#: The rules of a call about an account that its world does not have.
_UNKNOWN_ACCOUNT = frozenset({"get.unknown", "health.unknown", "delete.unknown", "isolation.status"})


class JournalStage:
    """Records calls. A call without a world is recorded in the world of its key if the key is well-formed, else in
    `demo`."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call
        self.worlds = worlds
        self.keyring = keyring
        self.coverage = worlds.context.coverage

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path = scope["path"]
        if not path.startswith(API_PATH) and (path == "/" or path.startswith(NOT_JOURNALLED)):
            return self.app(scope, receive, send)
        return self.app(scope, receive, self._recording(scope, send))

    def _recording(self, scope: Scope, send: Send) -> Send:
        """A `send` that keeps the head of the response. The body comes in one message; with it the call is recorded."""
        start = perf_counter()
        head = NO_RESPONSE

        def forward(message: Message) -> Awaitable[None]:  # no coroutine: that would cost more than everything else
            nonlocal head
            if message["type"] == "http.response.start":
                head = message
            else:
                self._record(scope, head, message.get("body", b""), start, perf_counter())
            return send(message)

        return forward

    def _record(self, scope: Scope, head: Message, body: bytes, start: float, end: float) -> None:
        """Record a call whose response is complete, or that gets none; it took from `start` to `end`."""
        call: Call = scope.get(SCOPE_KEY, _NO_CALL)
        world, rule = call.world, scope.get(RULE_KEY)
        query, status = scope["query_string"], head.get("status")
        if world is None:
            world, journal = self._world_and_journal(scope)
        else:
            journal = world.journal
        if rule is not None and rule in _UNKNOWN_ACCOUNT:
            self._note_foreign(call)
        journal.add(
            None if world is None else world.clock.now(),
            scope["method"],
            scope.get("raw_path") or scope["path"].encode(),
            query,
            scope["headers"],
            call.body,
            call.operation or None,
            status,
            head.get("headers", ()),
            body,
            end - start,
            rule,
            call.fault,
            end,
        )
        # Not in a method of the coverage, because each call of the API pays for it.
        coverage, answers = self.coverage, (call.operation, status)
        if answers in coverage.frequent and rule is None and call.fault is None:
            count = coverage.frequent[answers] = coverage.frequent[answers] + 1
            if count % SAMPLE:
                return
        key, name = call.headers.get(b"authorization"), None if world is None else world.name
        coverage.calls.append((*answers, rule, call.fault, key, query, body, name, end))
        if len(coverage.calls) >= MAX_CALLS or len(body) > MAX_BODY:
            coverage.count()

    def _note_foreign(self, call: Call) -> None:
        """Note for the coverage that the account which a call does not find is that of another world."""
        what = f"foreign {call.operation}"
        if call.world is not None and not self.coverage.knows(what):
            self.coverage.happened_if(partial(self._has_holder, call.path["id"].lower()), what, call.world.name)

    def _has_holder(self, account_id: str) -> bool:
        return self.worlds.holder_of_account(account_id) is not None

    def _world_and_journal(self, scope: Scope) -> tuple[World | None, Journal]:
        """The world and the journal for a call without a world. The world is None if it is not built yet: recording a
        call does not build it."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        key = self.keyring.key(header) or Key("live", DEMO)
        if self.worlds.engine.is_shared:  # no transaction for this: its settings are those that are remembered
            world = self.worlds.remembered(self.worlds.name(key.name, key.mode))
            return None, self.worlds.early_journal(key.name, mode=key.mode) if world is None else world.journal
        world = self.worlds.existing(key.name, mode=key.mode)
        return world, self.worlds.early_journal(key.name, mode=key.mode) if world is None else world.journal
