"""One attempt to deliver: signed, kept to where webhooks may go, and over in good time."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Final

from postfuze_mock import __version__
from postfuze_mock.domain.destinations import LOCALHOST, LOOPBACK, Allowed, Destination
from postfuze_mock.domain.webhooks import SIGNATURE_HEADER, Attempt, Webhook, signature
from postfuze_mock.webhooks.http_client import Answer, NoAnswer, post
from postfuze_mock.worlds.webhooks.webhooks import destination

PATIENCE: Final = 10.0
"""Seconds of real time that an attempt may take, from the look-up of the name to the end of the answer."""
_LONGEST = 200  # characters of what a receiver says that are kept


async def looked_up(host: str, port: int) -> list[str]:
    """The addresses that this machine knows for a name. OSError where it knows none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Sender:
    """Sends to where `allowed` permits, within `patience` seconds; `look_up` finds the addresses of a name."""

    def __init__(
        self,
        allowed: Allowed,
        patience: float = PATIENCE,
        look_up: Callable[[str, int], Awaitable[list[str]]] = looked_up,
    ) -> None:
        self.allowed = allowed
        self.patience = patience
        self.look_up = look_up

    async def attempt(self, webhook: Webhook, body: bytes, at: int) -> Attempt:
        """Send `body` to `webhook` at the world's instant `at` (ms)."""
        began = time.monotonic()
        status, error = await self._outcome(webhook, body)
        took = round((time.monotonic() - began) * 1000, 3)
        return Attempt(at, status, None if error is None else _in_one_line(error), took)

    async def _outcome(self, webhook: Webhook, body: bytes) -> tuple[int | None, str | None]:
        """The status, and what is wrong with the answer, or with what should have been one."""
        try:
            async with asyncio.timeout(self.patience):
                answer = await self._post(webhook, body)
        except TimeoutError:
            return None, f"no complete answer within {self.patience:g} s"
        except ssl.SSLError as error:
            return None, f"TLS failed: {getattr(error, 'verify_message', '') or error.reason or error}"
        except (NoAnswer, ValueError) as error:
            return None, str(error)
        except ConnectionRefusedError:
            return None, "no connection: nobody listens there"
        except OSError as error:
            return None, f"no connection: {error.strerror or error}"
        return answer.status, _complaint(answer)

    async def _post(self, webhook: Webhook, body: bytes) -> Answer:
        where = destination(webhook.url, self.allowed)
        headers = {
            "User-Agent": f"postfuze-mock/{__version__}",
            "Content-Type": "application/json",
            SIGNATURE_HEADER: signature(webhook.signing_secret, int(time.time()), body),
        }
        return await post(where, await self._addresses(where), headers, body)

    async def _addresses(self, where: Destination) -> list[str]:
        """The addresses to try: they are connected to as they were checked, so no second answer of a name server
        leads anywhere else."""
        if where.host == LOCALHOST:
            return list(LOOPBACK)
        addresses = await self.look_up(where.host, where.port)
        permitted = [address for address in addresses if self.allowed.permits_address(where.host, address)]
        if not permitted:
            raise ValueError(f"{where.host} is at {', '.join(addresses)}, where webhooks do not go")
        return permitted


def _complaint(answer: Answer) -> str | None:
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        there = f" to {answer.location}" if answer.location else ""
        return f"answered {answer.status}, a redirect{there}, which is not followed"
    return f"answered {answer.status}, not 2xx"


def _in_one_line(text: str) -> str:
    shown = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
