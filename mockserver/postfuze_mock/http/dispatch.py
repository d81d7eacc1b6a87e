"""The end of the stack: calls the handler with the world and the parameters, and sends its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from starlette.types import Receive, Scope, Send

from postfuze_mock.control.waiting import Waiting
from postfuze_mock.http import waiting
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.endpoints import Endpoint, Handler
from postfuze_mock.http.stack import Stage
from postfuze_mock.http.transactions import Transactions
from postfuze_mock.records import encoded
from postfuze_mock.worlds.registry import Worlds

_JSON = (b"content-type", b"application/json")


#: Pairs of name (in lower case) and value.
Headers = Sequence[tuple[bytes, bytes]]


class Target(NamedTuple):
    """The handler of an operation, the status and the headers of a success, and whether it may change something. A GET
    may too, but seldom does. With `needs_calls`, what was recorded of all calls must be stored before."""

    handler: Handler
    status: int
    headers: Headers
    writes: bool
    needs_calls: bool


class Dispatch(Stage):
    """The terminal application. A handler is `handler(world, **parameters)`; it returns JSON as bytes, or an object to
    encode, or None for a response without a body, or a `Waiting` for one that comes later. Handlers that reach a
    platform also accept `behaviour`.
    Handlers are synchronous, and each is a transaction, so each call is atomic: in memory they run on the event loop,
    one at a time. `headers` are what the responses of an operation have besides the usual ones."""

    def __init__(self, worlds: Worlds, headers: Mapping[str, Headers]) -> None:
        self.transactions = Transactions(worlds)
        self.headers = headers
        self.targets: dict[str, Target] = {}

    def compile(self, endpoint: Endpoint) -> None:
        status = next(int(code) for code in endpoint.document["responses"] if code.startswith("2"))
        headers = (_JSON, *self.headers.get(endpoint.id, ()))
        needs_calls = endpoint.document.get("x-needs-calls", False)
        self.targets[endpoint.id] = Target(endpoint.handler, status, headers, endpoint.method != "GET", needs_calls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = call_of(scope)
        target = self.targets[call.operation]
        if self.transactions.are_needed:
            if target.needs_calls:
                await self.transactions.all_recorded()
            result = await self.transactions.run(call, partial(_handled, target, call), write=target.writes)
        else:
            result = _handled(target, call)
        if result is None:
            await send({"type": "http.response.start", "status": target.status, "headers": []})
            await send({"type": "http.response.body"})
            return
        if type(result) is Waiting:
            result = await self._waited(result, target, call, scope, receive)
        body = result if type(result) is bytes else encoded(result)
        headers = [*target.headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": target.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _waited(self, first: Waiting, target: Target, call: Call, scope: Scope, receive: Receive) -> Any:
        async def again(**changes: Any) -> Any:
            parameters = {**call.parameters, **changes}
            return await self.transactions.run(call, lambda: target.handler(call.world, **parameters))

        return await waiting.answer(first, again, scope, receive)


def _handled(target: Target, call: Call) -> Any:
    if call.behaviour is None:
        return target.handler(call.world, **call.parameters)
    return target.handler(call.world, **call.parameters, behaviour=call.behaviour)
