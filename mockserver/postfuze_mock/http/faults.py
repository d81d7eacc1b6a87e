"""Makes calls fail: by a scripted fault of their world, or by their `Prefer` header (RFC 7240).

The stage comes after security, which finds the world, and before validation, because a failing call need not be valid.
The control API never fails this way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.domain.faults import effects
from postfuze_mock.domain.faults.corruption import Corruption, Missed, corrupted
from postfuze_mock.domain.faults.effects import MAX_DELAY, Effect
from postfuze_mock.domain.faults.faults import Fault, Hit
from postfuze_mock.http.call import SCOPE_KEY, Call, call_of
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.http.server import connection
from postfuze_mock.http.stack import Stage
from postfuze_mock.http.transactions import Transactions
from postfuze_mock.http.validation import body
from postfuze_mock.problems import Problem
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.journal.journal import MAX_BODY
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

_APPLIED = b"preference-applied"
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_QUOTED_PAIR = re.compile(r"\\(.)")

#: The buffered result of the inner stages: the messages of a response, or a problem.
Result = list[Message] | Problem


class Preferences(NamedTuple):
    """The supported preferences of a request: fail with the status `code`, respond `delay_ms` late."""

    code: int | None = None
    delay_ms: int = 0

    def applied(self) -> bytes:
        """The value of `Preference-Applied`; empty if there is nothing to apply."""
        values = [f"code={self.code}"] if self.code is not None else []
        values += [f"delay={self.delay_ms}"] if self.delay_ms else []
        return ", ".join(values).encode()


class Failure(NamedTuple):
    """How a call fails. `applied` is the value of `Preference-Applied`; `hit` is set if a scripted fault is the
    reason."""

    effect: Effect
    delay_ms: int
    applied: bytes
    hit: Hit | None = None


class FaultStage(Stage):
    """Makes calls fail. `retry_after` is the default `Retry-After` (seconds) of faults."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, retry_after: int) -> None:
        super().__init__(app)
        self.transactions = Transactions(worlds)
        self.retry_after = retry_after
        self.operations: set[str] = set()

    def compile(self, endpoint: Endpoint) -> None:
        if endpoint.base_path != CONTROL_PATH:
            self.operations.add(endpoint.id)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call: Call = scope[SCOPE_KEY]
        world = call.world
        if (world is None or not world.faults.by_id) and b"prefer" not in call.headers:
            return self.app(scope, receive, send)
        if call.operation not in self.operations:
            return self.app(scope, receive, send)
        preferences = read_preferences(scope["headers"])
        if self.transactions.are_needed:
            return self._transact(call, preferences, scope, receive, send)
        failure = fails(call, preferences)
        if failure is None:
            return self.app(scope, receive, send)
        return self._fail(failure, scope, receive, send)

    async def _transact(self, call: Call, preferences: Preferences, scope: Scope, receive: Receive, send: Send) -> None:
        failure = await self.transactions.run(call, partial(fails, call, preferences), write=True)
        if failure is None:
            await self.app(scope, receive, send)
        else:
            await self._fail(failure, scope, receive, send)

    async def _fail(self, failure: Failure, scope: Scope, receive: Receive, send: Send) -> None:
        effect = failure.effect
        result: Result = []
        if effects.is_processed(effect):
            result = await self._process(scope, receive)
        else:
            await _read_body(scope, receive)
        await connection.pause(scope, failure.delay_ms / 1000)
        if "drop" in effect:
            await connection.drop(scope, send, effect["drop"])
            return
        if "status" in effect:
            result = effects.problem(
                effect, self.retry_after, rule="faults.preferred" if failure.hit is None else "faults.scripted"
            )
        elif "corrupt" in effect:
            result = await self._corrupt(result, effect["corrupt"], failure.hit, call_of(scope))
        await _send(result, failure.applied, send)

    async def _corrupt(self, result: Result, corruption: Corruption, hit: Hit | None, call: Call) -> Result:
        """The response, corrupted. If it has nothing to corrupt, it is unchanged, and the hit does not count."""
        try:
            return _corrupted(result, corruption)
        except Missed:
            if hit is not None:
                await self.transactions.run(call, partial(_miss, call, hit.fault.id), write=True)
            return result

    async def _process(self, scope: Scope, receive: Receive) -> Result:
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        try:
            await self.app(scope, receive, hold)
        except Problem as problem:
            return problem
        return messages


def fails(call: Call, preferences: Preferences) -> Failure | None:
    """How the call fails, if it does. Scripted faults neither hit nor count a call that prefers a status."""
    delay, applied = preferences.delay_ms, preferences.applied()
    if preferences.code is not None:
        return Failure({"status": preferences.code}, delay, applied)
    hit = call.world.faults.hit(call.operation) if call.world is not None else None
    call.fault = call.behaviour = None  # those of an earlier try, which was undone
    if hit is None:
        return Failure({}, delay, applied) if delay else None
    call.fault, call.behaviour = hit.fault.id, hit.fault.effect.get("behaviour")
    _note(hit.fault, call.world)
    return Failure(hit.fault.effect, delay + hit.delay_ms, applied, hit)


def _note(fault: Fault, world: World | None) -> None:
    """Note for the coverage which preset or which effects hit a call."""
    if world is not None:
        names = [f"fault {name}" for name in fault.effect] if fault.preset is None else [f"preset {fault.preset}"]
        for name in names:
            world.happened(name)


def _miss(call: Call, id: str) -> None:
    """Undo the hit of the fault `id`, if that is still there."""
    call.fault = None
    fault = None if call.world is None else call.world.faults.by_id.get(id)
    if fault is not None:
        fault.miss()


def _corrupted(result: Result, corruption: Corruption) -> list[Message]:
    if not isinstance(result, list) or not result[1].get("body"):
        raise Missed("not a successful response with a body")
    content = orjson.dumps(corrupted(orjson.loads(result[1]["body"]), corruption))
    headers = [(name, value) for name, value in result[0]["headers"] if name != b"content-length"]
    start = {**result[0], "headers": [*headers, (b"content-length", b"%d" % len(content))]}
    return [start, {"type": "http.response.body", "body": content}]


async def _read_body(scope: Scope, receive: Receive) -> None:
    """Read the body of a request that is not processed, so that the journal can show it."""
    call = call_of(scope)
    if body.is_present(call.headers):
        with suppress(Problem):  # too large to read
            call.body = (await body.read(receive, call.headers, body.LIMIT))[: MAX_BODY + 1]


async def _send(result: Result, applied: bytes, send: Send) -> None:
    """Send the result; `applied` is the value of its `Preference-Applied`, if any."""
    if isinstance(result, Problem):
        if applied:
            result.headers = {**result.headers, "Preference-Applied": applied.decode()}
        raise result
    for message in result:
        if applied and message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (_APPLIED, applied)]
        await send(message)


def read_preferences(headers: Iterable[tuple[bytes, bytes]]) -> Preferences:
    """The preferences in `headers`. As the RFC says, unknown and invalid ones are ignored, and the first of a name
    counts."""
    values: dict[str, str] = {}
    for name, line in headers:
        if name == b"prefer":
            for preference, value in _preferences(line.decode("latin-1")):
                values.setdefault(preference, value)
    code, delay = _number(values.get("code", ""), 400, 599), _number(values.get("delay", ""), 1, MAX_DELAY)
    return Preferences(code, delay or 0)


def _number(text: str, minimum: int, maximum: int) -> int | None:
    number = int(text) if _NUMBER.fullmatch(text) else -1
    return number if minimum <= number <= maximum else None


def _preferences(line: str) -> Iterator[tuple[str, str]]:
    """The names and values of the preferences in one header line. Parameters after a semicolon are dropped, because no
    supported preference has any."""
    for item in _split(line, ","):
        name, _, value = _split(item, ";")[0].partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = _QUOTED_PAIR.sub(r"\1", value[1:-1])
        yield name.strip().lower(), value


def _split(text: str, separator: str) -> list[str]:
    """The parts of `text` between separators outside quotes."""
    parts, start, quoted, escaped = [], 0, False, False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
