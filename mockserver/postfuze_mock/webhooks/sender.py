"""One attempt to deliver an event: signed, sent only to permitted addresses, and limited in time."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.destinations import LOCALHOST, LOOPBACK, Allowed, Destination
from postfuze_mock.domain.webhooks import Attempt, Exchange, Webhook
from postfuze_mock.webhooks.http_client import NoResponse, Response, complete, post
from postfuze_mock.worlds.webhooks.posting import headers
from postfuze_mock.worlds.webhooks.webhooks import destination

TIMEOUT: Final = 10.0
"""Seconds of real time for an attempt, from the look-up of the name to the end of the response."""
_MAX_ERROR = 200  # characters


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine resolves it. Raises OSError if there are none."""
    results = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in results]


def exchange(sent_at: int, fields: Mapping[str, str], response: Response | None) -> Exchange:
    """What is stored of an attempt: the headers that were sent at the real time `sent_at` (ms), and the response."""
    request = {name.lower(): value for name, value in fields.items()}
    answer = None if response is None else {"headers": response.headers, "body": response.body}
    return Exchange(sent_at, request, answer)


class Sender:
    """Sends to the hosts of `allowed`, within `timeout` seconds; `look_up` finds the addresses of a name."""

    def __init__(
        self,
        allowed: Allowed,
        timeout: float = TIMEOUT,
        look_up: Callable[[str, int], Awaitable[list[str]]] = look_up,
    ) -> None:
        self.allowed = allowed
        self.timeout = timeout
        self.look_up = look_up

    async def attempt(self, webhook: Webhook, body: bytes, at: int) -> Attempt:
        """Send `body` to `webhook` at the world's instant `at` (ms)."""
        start, sent_at = time.monotonic(), real_milliseconds()
        fields, response = headers(webhook, body), None
        try:
            where = destination(webhook.url, self.allowed)
            fields = complete(where, fields, body)
            response = await self._post(where, fields, body)
            error = _refusal(response)
        except (OSError, NoResponse, ValueError) as failure:
            error = _in_one_line(self._in_words(failure))
        duration = round((time.monotonic() - start) * 1000, 3)
        status = None if response is None else response.status
        return Attempt(at, status, error, duration, exchange(sent_at, fields, response))

    async def _post(self, where: Destination, fields: Mapping[str, str], body: bytes) -> Response:
        async with asyncio.timeout(self.timeout):
            return await post(where, await self._addresses(where), fields, body)

    def _in_words(self, failure: Exception) -> str:
        match failure:
            case TimeoutError():
                return f"no complete response within {self.timeout:g} s"
            case ssl.SSLError():
                return f"TLS failed: {getattr(failure, 'verify_message', '') or failure.reason or failure}"
            case ConnectionRefusedError():
                return "no connection: nobody listens there"
            case OSError():
                return f"no connection: {failure.strerror or failure}"
        return str(failure)

    async def _addresses(self, where: Destination) -> list[str]:
        """The permitted addresses of a host. Only these are connected to, so that no second look-up can change them."""
        if where.host == LOCALHOST:
            return list(LOOPBACK)
        addresses = await self.look_up(where.host, where.port)
        targets = [address for address in addresses if self.allowed.permits_address(where.host, address)]
        if not targets:
            raise ValueError(f"{where.host} is at {', '.join(addresses)}, where webhooks do not go")
        return targets


def _refusal(response: Response) -> str | None:
    if 200 <= response.status < 300:
        return None
    if 300 <= response.status < 400:
        location = response.headers.get("location", "")
        target = f" to {location}" if location else ""
        return _in_one_line(f"answered {response.status}, a redirect{target}, which is not followed")
    return f"answered {response.status}, not 2xx"


def _in_one_line(text: str) -> str:
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= _MAX_ERROR else f"{line[: _MAX_ERROR - 1]}…"
