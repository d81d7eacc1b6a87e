"""The signature of a webhook delivery: made by the mock, verified by receivers. Standard library only."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any, Final

SIGNATURE_HEADER: Final = "X-PostFuze-Signature"
#: Seconds that a signature may be old; the mock signs an attempt when it sends it.
TOLERANCE: Final = 300
_MAX_QUOTE = 100  # characters


class SignatureError(ValueError):
    """A delivery is not genuine. The message is one sentence that says why."""


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The value of `X-PostFuze-Signature` (assumption `webhooks.signature`); `timestamp` in seconds."""
    return f"t={timestamp},v1={_digest(secret, str(timestamp), body)}"


def verify(
    body: bytes | str, header: str | None, secret: str, *, tolerance: float = TOLERANCE, now: float | None = None
) -> dict[str, Any]:
    """The event in the raw `body` of a delivery, if it was signed with `secret` at most `tolerance` seconds ago.

    `header` is the value of `X-PostFuze-Signature` (None: there was none), `now` the time in seconds (None: this
    machine's). The event is `{"id", "event", "created_at", "data"}`. Raises SignatureError if the delivery is not
    genuine, and TypeError for a body that was parsed already.
    """
    if not isinstance(body, bytes | str):
        raise TypeError(f"verify needs the raw body, as bytes or text, not a parsed one ({type(body).__name__})")
    raw = body.encode() if isinstance(body, str) else body
    check(raw, header, (secret,), tolerance=tolerance, now=now)
    try:
        event = json.loads(raw)
    except ValueError as error:
        raise SignatureError(f"The body is signed, but it is not JSON: {error}.") from error
    if not isinstance(event, dict):
        raise SignatureError("The body is signed, but it is not a JSON object.")
    return event


def check(
    body: bytes, header: str | None, secrets: Iterable[str], *, tolerance: float = TOLERANCE, now: float | None = None
) -> None:
    """Raises SignatureError unless `header` signs `body` with one of `secrets`, at most `tolerance` seconds from
    `now`. A comparison takes the same time, however much of a signature is right."""
    at, signatures = _parsed(header)
    expected = [_digest(secret, at, body).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other.encode()) for one in expected for other in signatures):
        raise SignatureError(
            "The signature does not match: the secret is another one, or the body is not the raw one that came."
        )
    age = (time.time() if now is None else now) - int(at)
    if abs(age) > tolerance:
        seconds = f"{age:.0f} seconds old" if age > 0 else f"{-age:.0f} seconds ahead of this clock"
        raise SignatureError(f"The signature is {seconds}, more than {tolerance:g}: it may be a replay.")


def _parsed(header: str | None) -> tuple[str, list[str]]:
    """The time, as it was signed, and the signatures in a header. Raises SignatureError."""
    if not header:
        raise SignatureError(f"There is no header {SIGNATURE_HEADER}, or it is empty.")
    pairs = [field.strip().partition("=") for field in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) <= 15) or not signatures:
        quote = header if len(header) <= _MAX_QUOTE else f"{header[:_MAX_QUOTE]}…"
        raise SignatureError(f"The header {SIGNATURE_HEADER} must be t=UNIX,v1=HEX; it is {quote!r}.")
    return times[0], signatures


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
