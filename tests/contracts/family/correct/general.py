"""Correct: every alternative of an assumption, other formats, gateways, clocks."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import CORRECT, Variant, correct
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.domain import clock
from postfuze_mock.domain.choices import alternatives
from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.problems import Problem

LIST, HEALTH = "listSocialAccounts", "getSocialAccountHealth"
METRICS, FINALIZE = "getSocialAccountMetrics", "finalizeConnection"
Body = dict[str, Any]


def _assuming(id: str, alternative: str) -> Variant:
    def change(mock: Mock) -> None:
        mock.settings = replace(mock.settings, assume={id: alternative}, rate_limits=id.startswith("limits."))
        mock.exhaust_limits = mock.settings.rate_limits

    return Variant(f"assuming.{id}={alternative}", None, f"{id} is {alternative}", change, (id, alternative))


CORRECT += [_assuming(id, each) for id, (_ours, *others) in alternatives().items() for each in others]


def _everywhere(body: Any, change: Callable[[str, Any], Any]) -> Any:
    """`body` with its members changed at any depth, except in `raw`."""
    if isinstance(body, list):
        return [_everywhere(each, change) for each in body]
    if not isinstance(body, dict):
        return body
    return {name: value if name == "raw" else change(name, _everywhere(value, change)) for name, value in body.items()}


def _times(mock: Mock, write: Callable[[str], str]) -> None:
    def change(name: str, value: Any) -> Any:
        time = isinstance(value, str) and (name.endswith("_at") or name == "time")
        return write(value) if time else value

    mock.bodies("*", lambda body: _everywhere(body, change))


@correct("nothing differs")
def the_mock(mock: Mock) -> None:
    del mock


@correct("rate limits are on")
def rate_limits(mock: Mock) -> None:
    mock.settings = replace(mock.settings, rate_limits=True)
    mock.exhaust_limits = True


@correct("timestamps have the offset +00:00 and no fraction")
def other_offset(mock: Mock) -> None:
    _times(mock, lambda text: text[:19] + "+00:00")


@correct("timestamps have microseconds")
def microseconds(mock: Mock) -> None:
    _times(mock, lambda text: text[:23] + "000Z")


@correct("timestamps are in the time of Kathmandu")
def another_zone(mock: Mock) -> None:
    zone = timezone(timedelta(hours=5, minutes=45))

    def write(text: str) -> str:
        return datetime.fromtimestamp(parse_iso(text) / 1000, zone).isoformat(timespec="milliseconds")

    _times(mock, write)


@correct("every object has more fields")
def extra_fields(mock: Mock) -> None:
    def change(name: str, value: Any) -> Any:
        return {**value, "object": name} if isinstance(value, dict) else value

    mock.bodies(
        "*", lambda body: {**_everywhere(body, change), "request_id": "req_1"} if "errors" not in body else body
    )
    mock.bodies(LIST, lambda body: {**body, "data": [{**row, "metadata": {"a": None}} for row in body["data"]]})


@correct("some accounts are paused, or in an unknown state")
def other_statuses(mock: Mock) -> None:
    mock.document = {"accounts": [{"platform": "x", "status": "paused"}, {"platform": "reddit", "status": "archived"}]}


@correct("cursors are signed with another secret, for all organizations the same")
def one_secret(mock: Mock) -> None:
    begin = Cursors.__init__
    mock.replace(Cursors, "__init__", lambda self, _secret: begin(self, b"another secret"))


@correct("cursors hold JSON")
def cursors_of_json(mock: Mock) -> None:
    sign, read = Cursors.sign, Cursors.read

    def signed(cursors: Cursors, key: str) -> str:
        return sign(cursors, f'{{"created_at":"{key[:24]}","id":"{key[24:]}"}}')

    def reading(cursors: Cursors, cursor: str) -> str:
        text = read(cursors, cursor)
        return text[15:39] + text[47:83]

    mock.replace(Cursors, "sign", signed)
    mock.replace(Cursors, "read", reading)


@correct("a frozen clock")
def frozen_clock(mock: Mock) -> None:
    mock.settings = replace(mock.settings, clock="2026-06-14T12:10:00.000Z,frozen")
    mock.time_stands = True


@correct("a clock that is three seconds behind")
def slow_clock(mock: Mock) -> None:
    now = clock.Clock.now
    mock.replace(clock.Clock, "now", lambda self: now(self) - 3000)


@correct("responses are slow")
def slow(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        await asyncio.sleep(0.005)
        return await request.send()

    mock.handle("*", handle)


@correct("a gateway adds headers, a charset and other capitals, and compresses")
def gateway(mock: Mock) -> None:
    mock.asgi(_compressing)


def _compressing(app: ASGIApp) -> ASGIApp:
    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        compress = scope["type"] == "http" and any(
            name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]
        )

        async def changed(message: Message) -> None:
            messages.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                start, body = messages[0], b"".join(each.get("body", b"") for each in messages[1:])
                await _send_compressed(start, body, send)

        messages: list[Message] = []
        await app(scope, receive, changed if compress else send)

    return gateway


async def _send_compressed(start: Message, body: bytes, send: Send) -> None:
    raw = [(name.title(), value) for name, value in start["headers"] if name.lower() != b"content-length"]
    raw = [(n, v + b"; charset=UTF-8") if n == b"Content-Type" else (n, v) for n, v in raw]
    body = gzip.compress(body) if body else body
    raw += [(b"Content-Length", b"%d" % len(body)), (b"X-Request-Id", b"1"), (b"Via", b"1.1 gateway")]
    raw += [(b"Content-Encoding", b"gzip"), (b"Vary", b"Accept-Encoding")] if body else []
    await send({**start, "headers": raw})
    await send({"type": "http.response.body", "body": body})


@correct("a used or expired session answers 404 in other words, a finalized one 409 to finalizing")
def used_sessions_409(mock: Mock) -> None:
    used: set[str] = set()

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            used.add(request.id)
        elif response.status == 404 and request.id in used:
            return response.with_body(Problem(409, "Used.").document(), 409)
        return response

    mock.responses(FINALIZE, change)


@correct("a used session answers 410 to finalizing")
def used_sessions_410(mock: Mock) -> None:
    used: set[str] = set()

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            used.add(request.id)
        elif response.status == 404 and request.id in used:
            return response.with_body(Problem(410, "Used.").document(), 410)
        return response

    mock.responses(FINALIZE, change)


@correct("ids are written in capitals")
def capital_ids(mock: Mock) -> None:
    names = ("id", "social_account_id")

    def change(name: str, value: Any) -> Any:
        return value.upper() if name in names and isinstance(value, str) and value.count("-") == 4 else value

    mock.bodies("*", lambda body: _everywhere(body, change))


@correct("timestamps of accounts are cut to whole seconds")
def whole_seconds(mock: Mock) -> None:
    now = clock.Clock.now
    mock.replace(clock.Clock, "now", lambda self: now(self) // 1000 * 1000)


@correct("metrics have none of impressions, reach and profile views, and a few more")
def other_metrics(mock: Mock) -> None:
    def change(body: Body) -> Body:
        rest = {name: body[name] for name in body if name not in ("impressions", "reach", "profile_views")}
        return {**rest, "data": [change(each) for each in rest["data"]]} if "data" in rest else {**rest, "likes": 3}

    mock.bodies(METRICS, lambda body: change(body) if "source" in body else body)


@correct("a revoked grant and an account that is refused have words of their own for the error")
def other_error_codes(mock: Mock) -> None:
    mock.bodies(HEALTH, lambda body: {**body, "error_code": body["error_code"] and f"E_{body['error_code']}"})


@correct("the service is down for a second, now and then")
def down_now_and_then(mock: Mock) -> None:
    requests = 0

    async def handle(request: Request) -> Response:
        nonlocal requests
        requests += 1
        if requests % 61 == 60:
            down = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": None}
            return Response.of(503, down, "application/problem+json").with_body(down, retry_after="1")
        return await request.send()

    mock.handle("*", handle)
