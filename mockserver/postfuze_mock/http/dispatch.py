"""The end of the stack: calls the handler that Connexion resolved, with the world and the parameters, and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from starlette.types import Receive, Scope, Send

from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.connexion_stack import Operation, Stage

_JSON = (b"content-type", b"application/json")


class Target(NamedTuple):
    """An operation's handler and the status of its success."""

    handler: Callable[..., Any]
    status: int


def _behaving(target: Target, call: Call) -> Any:
    """The handler's answer while the platforms act as a fault says."""
    if call.world is None or call.behaviour is None:
        raise ValueError("Platforms act within a world.")
    with call.world.behaving(call.behaviour):
        return target.handler(call.world, **call.parameters)


class Dispatch(Stage):
    """The terminal application. A handler is `handler(world, **parameters)`; it returns ready JSON bytes, or a record
    to encode, or None for an answer without a body. Handlers are synchronous: they run on the loop, one at a time, so
    what they do is atomic."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}

    def compile(self, operation: Operation) -> None:
        status = next(int(code) for code in operation.document["responses"] if code.startswith("2"))
        self.targets[operation.id] = Target(operation.handler, status)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        call = call_of(scope)
        target = self.targets[call.operation]
        answer = target.handler(call.world, **call.parameters) if call.behaviour is None else _behaving(target, call)
        if answer is None:
            await send({"type": "http.response.start", "status": target.status, "headers": []})
            await send({"type": "http.response.body"})
            return
        body = answer if type(answer) is bytes else orjson.dumps(answer)
        headers = [_JSON, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": target.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
