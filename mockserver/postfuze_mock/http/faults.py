"""Calls that fail as they were told to: by a scripted fault of their world, or by their own `Prefer` header.

Behind security, which knows the world, and before validation: a call that is hit need not be valid. Levers are never
hit.
"""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress
from typing import NamedTuple

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.domain import effects
from postfuze_mock.domain.corruption import Corruption, Missed, corrupted
from postfuze_mock.domain.effects import Effect
from postfuze_mock.domain.faults import Hit
from postfuze_mock.http import preferences
from postfuze_mock.http.call import SCOPE_KEY, Call, call_of
from postfuze_mock.http.connexion_stack import Operation, Stage
from postfuze_mock.http.preferences import Preferences
from postfuze_mock.http.server import uvicorn_protocol
from postfuze_mock.http.validation import body
from postfuze_mock.problems import Problem
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.journal import BODY_BOUND

#: An answer that is held back: its messages, or the problem that it would have been.
Answer = list[Message] | Problem


class Failure(NamedTuple):
    """How a call fails. `applied` tells which of its preferences were followed; `hit` is the fault's, if one did."""

    effect: Effect
    delay_ms: int
    applied: bytes
    hit: Hit | None = None


class FaultStage(Stage):
    """Makes calls fail. `retry_after` (seconds) is told where a fault does not say when to come back."""

    def __init__(self, app: ASGIApp, *, retry_after: int) -> None:
        super().__init__(app)
        self.retry_after = retry_after
        self.operations: set[str] = set()

    def compile(self, operation: Operation) -> None:
        if operation.base_path != CONTROL_PATH:
            self.operations.add(operation.id)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call: Call = scope[SCOPE_KEY]
        world = call.world
        if (world is None or not world.faults.by_id) and b"prefer" not in call.headers:
            return self.app(scope, receive, send)
        if call.operation not in self.operations:
            return self.app(scope, receive, send)
        failure = _failure(call, preferences.read(scope["headers"]) if b"prefer" in call.headers else preferences.NONE)
        if failure is None:
            return self.app(scope, receive, send)
        return self._fail(failure, scope, receive, send)

    async def _fail(self, failure: Failure, scope: Scope, receive: Receive, send: Send) -> None:
        effect = failure.effect
        answer: Answer | None = None
        if effects.is_processed(effect):
            answer = await self._process(scope, receive)
        else:
            await _note(scope, receive)
        await uvicorn_protocol.pause(scope, failure.delay_ms / 1000)
        if "drop" in effect:
            await uvicorn_protocol.drop(scope, receive, send, effect["drop"])
            return
        if "status" in effect:
            answer = effects.problem(
                effect, self.retry_after, rule="faults.preferred" if failure.hit is None else "faults.scripted"
            )
        elif "corrupt" in effect:
            answer = _corrupt(answer, effect["corrupt"], failure.hit, call_of(scope))
        await _send(answer, failure.applied, send)

    async def _process(self, scope: Scope, receive: Receive) -> Answer:
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        try:
            await self.app(scope, receive, hold)
        except Problem as problem:
            return problem
        return messages


def _failure(call: Call, wish: Preferences) -> Failure | None:
    """How the call fails, if it does. One that wishes for a status is not put to the faults, nor counted by them."""
    if wish.code is not None:
        return Failure({"status": wish.code}, wish.delay_ms, wish.applied())
    hit = call.world.faults.hit(call.operation) if call.world is not None else None
    if hit is None:
        return Failure({}, wish.delay_ms, wish.applied()) if wish.delay_ms else None
    call.fault, call.behaviour = hit.fault.id, hit.fault.effect.get("behaviour")
    return Failure(hit.fault.effect, wish.delay_ms + hit.delay_ms, wish.applied(), hit)


def _corrupt(answer: Answer | None, corruption: Corruption, hit: Hit | None, call: Call) -> Answer | None:
    """The answer gone wrong; as it is, and the fault told so, where it has nothing that could."""
    try:
        return _corrupted(answer, corruption)
    except Missed:
        if hit is not None:
            hit.miss()
            call.fault = None
        return answer


def _corrupted(answer: Answer | None, corruption: Corruption) -> list[Message]:
    if not isinstance(answer, list) or not answer[1].get("body"):
        raise Missed("no answer of success that has a body")
    content = orjson.dumps(corrupted(orjson.loads(answer[1]["body"]), corruption))
    headers = [(name, value) for name, value in answer[0]["headers"] if name != b"content-length"]
    start = {**answer[0], "headers": [*headers, (b"content-length", b"%d" % len(content))]}
    return [start, {"type": "http.response.body", "body": content}]


async def _note(scope: Scope, receive: Receive) -> None:
    """What is not processed is read all the same: the journal shows it, so that a test can see it sent again."""
    call = call_of(scope)
    if body.is_sent(call.headers):
        with suppress(Problem):  # too large to be read
            call.sent = (await body.read(receive, call.headers, body.LIMIT))[: BODY_BOUND + 1]


async def _send(answer: Answer | None, applied: bytes, send: Send) -> None:
    """Send what was held back; `applied` tells which preferences were followed, if any."""
    if isinstance(answer, Problem):
        if applied:
            answer.headers = {**answer.headers, "Preference-Applied": applied.decode()}
        raise answer
    for message in answer or ():
        if applied and message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (preferences.APPLIED, applied)]
        await send(message)
