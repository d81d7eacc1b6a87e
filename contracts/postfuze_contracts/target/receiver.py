"""Sends one request and receives what comes, within bounds of time and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from postfuze_contracts.model.options import Options
from postfuze_contracts.target.content import Content, Parts, read, too_large
from postfuze_contracts.target.transport import Allowance, Late, TooLarge, Transport

_FRAMING: Final = 64 * 1024  # bytes around those of a body: chunk sizes, and what was read together with the head


@dataclass
class Received:
    """What came in return for a request. `status` is None if no head came, `size` counts all bytes. `error` ended it;
    without one, the response is whole."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Content = field(default_factory=lambda: Content(b""))
    size: int = 0
    error: httpx.TransportError | None = None

    @property
    def is_out_of_bounds(self) -> bool:
        """Whether the request got all the time and bytes that it may take."""
        return isinstance(self.error, (Late, TooLarge))


def receive(transport: Transport, request: httpx.Request, deadline: float, limit: int) -> Received:
    """Send `request`, and receive its response until `deadline` (by `time.monotonic`), with a body of `limit` bytes at
    most, encoded and decoded."""
    received, parts = Received(), Parts()
    with transport.allowance(deadline) as allowance:
        try:
            # Not by httpx's client, which would parse cookies, and the location of a redirect that is not followed.
            response = transport.handle_request(request)
            received.status = response.status_code
            received.headers = {name.lower(): value for name, value in response.headers.items()}
            _collect(response, allowance, limit, parts)
        except httpx.TransportError as error:
            received.error = error.with_traceback(None)  # its frames would keep the body
            error.__cause__ = error.__context__ = None
        received.size = allowance.size
    codings = received.headers.get("content-encoding", "")
    whole = received.error is None
    received.content = read(parts.whole(), codings, limit) if whole else Content(parts.start())
    return received


def _collect(response: httpx.Response, allowance: Allowance, limit: int, parts: Parts) -> None:
    allowance.allow_body(limit + _FRAMING)
    try:
        for part in response.iter_raw():
            parts.add(part)
            if parts.size > limit:
                raise TooLarge("the body is too large")
            allowance.seconds(None)
    finally:
        response.close()


def flaw_of(received: Received, options: Options) -> str | None:
    """What is wrong with what came, in words that continue `the response …`; None if nothing is, or nothing came."""
    error, has_head = received.error, received.status is not None
    if error is None:
        return received.content.flaw
    if isinstance(error, TooLarge):
        return too_large(options.max_response) if has_head else "has a head without end"
    if isinstance(error, Late) and received.size:
        return f"{'did' if has_head else 'has a head that did'} not end within {options.timeout:g} s"
    if has_head:
        return f"{'stopped' if isinstance(error, httpx.TimeoutException) else 'broke off'} before its end"
    if isinstance(error, httpx.RemoteProtocolError) and received.size:
        return f"is no HTTP: {error!s:.80}"
    return None
