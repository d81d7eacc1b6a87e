"""Holds the answer to a call that changed a world until the change is in the state file."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.http import errors
from postfuze_mock.http.call import SCOPE_KEY, Call
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.persistence.autosave import Autosave
from postfuze_mock.worlds.world import World

_READS: Final = ("GET", "HEAD", "OPTIONS")


class DurabilityStage:
    """Lets the answers wait that `autosave` holds: those of calls during which a world changed. Which calls may change
    one need not be known, because the worlds are looked at. A write that changed nothing waits as well, but only while
    there is something to save: another one may just have done the same. Reads do not wait."""

    def __init__(self, app: ASGIApp, *, autosave: Autosave) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call
        self.autosave = autosave

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if not self.autosave.holds_answers:
            return self.app(scope, receive, send)
        return self.app(scope, receive, self._holding(scope, send))

    def _holding(self, scope: Scope, send: Send) -> Send:
        """A `send` that waits before the head of the response, or replaces the response if the change is not saved."""
        before = self.autosave.noticed
        refused = False

        async def forward(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                self.autosave.notice(self._worlds(scope))
                # By this call, or by another one while this one waited.
                changed = self.autosave.noticed != before
                if changed or scope["method"] not in _READS:
                    try:
                        await self.autosave.committed()
                    except OSError as error:
                        refused = True
                        await _refuse(scope, send, error)
            if not refused:
                await send(message)

        return forward

    def _worlds(self, scope: Scope) -> Iterable[World]:
        """The worlds that a call may have changed: its own; all for the pages and for writes of the control API."""
        call: Call | None = scope.get(SCOPE_KEY)
        if call is None or (scope["method"] != "GET" and scope["path"].startswith(CONTROL_PATH)):
            return self.autosave.worlds
        return () if call.world is None else (call.world,)


async def _refuse(scope: Scope, send: Send, error: OSError) -> None:
    what = f"The call took effect, but the state file cannot be written: {error.strerror or error}."
    problem = errors.problem(scope, Problem(503, f"{what} It is tried again.", rule="mock.not-saved", code="not_saved"))
    body = errors.render(problem)
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
