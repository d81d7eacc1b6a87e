"""Sealed texts: nobody but who sealed them can read or change them (encrypt, then sign).

The standard library has no cipher, but HMAC-SHA256 in counter mode, a pseudorandom function, gives a keystream. It
starts from a digest of the text, as in RFC 5297, so that two texts never share one. Good enough for a mock's own
values; keep real secrets elsewhere.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

_NONCE = 12
_TAG = 16


class Seal:
    """Seals and opens texts with keys derived from `secret`; equal texts look equal when sealed."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = hmac.digest(secret, b"cipher", "sha256")
        self._signer = hmac.digest(secret, b"signer", "sha256")

    def seal(self, text: str) -> str:
        """`text` sealed, in URL-safe characters."""
        start = hmac.digest(self._signer, b"start" + text.encode(), "sha256")[:_NONCE]
        body = start + self._mix(text.encode(), start)
        return _encoded(body + self._tag(body))

    def open(self, sealed: str) -> str:
        """The text within. Raises ValueError where `sealed` is not from here, or was changed in any character."""
        try:
            raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except (Base64Error, ValueError) as error:
            raise ValueError("not a sealed text") from error
        body, tag = raw[:-_TAG], raw[-_TAG:]
        # Decoding overlooks foreign characters and the last one's spare bits: one text may be spelled in one way only.
        if not hmac.compare_digest(tag, self._tag(body)) or _encoded(raw) != sealed:
            raise ValueError("not a sealed text")
        return self._mix(body[_NONCE:], body[:_NONCE]).decode()

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self._signer, b"tag" + body, "sha256")[:_TAG]

    def _mix(self, text: bytes, nonce: bytes) -> bytes:
        blocks = range(len(text) // 32 + 1)
        stream = b"".join(hmac.digest(self._cipher, nonce + n.to_bytes(4, "big"), "sha256") for n in blocks)
        return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
