"""Keyset cursors: opaque and signed, so that callers cannot forge them.

A cursor is base64url of the last row's sort key (its `created_at` and `id`), a dot, and base64url of the key's
HMAC-SHA256; neither part is padded.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import sha256

from postfuze_mock.problems import Problem


class Cursors:
    """Signs and reads the cursors of one world, whose `secret` no other shares."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # HMAC (RFC 2104) of a secret no longer than a block. Each page is signed, and `hmac` takes twice as long.
        block = secret.ljust(sha256().block_size, b"\0")
        self._inner, self._outer = (bytes(byte ^ mask for byte in block) for mask in (0x36, 0x5C))

    def of(self, listing: str) -> "Cursors":
        """The cursors of another list of this world; no list accepts those of another."""
        return Cursors(hmac.digest(self._secret, listing.encode(), "sha256"))

    def sign(self, sort_key: str) -> str:
        """The cursor of a page that ends with the row of `sort_key`."""
        return self._signed(sort_key.encode()).decode()

    def read(self, cursor: str) -> str:
        """The sort key in `cursor`.

        Raises a 400 problem, "Invalid cursor", for anything that `sign` did not return, byte for byte: base64 has
        several spellings of the same bytes, so the whole cursor is signed again and compared.
        """
        payload, _, _ = cursor.partition(".")
        try:
            raw = cursor.encode("ascii")
            sort_key = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            if hmac.compare_digest(self._signed(sort_key), raw):
                return sort_key.decode()
        except (Base64Error, UnicodeError) as error:
            raise _invalid() from error
        raise _invalid()

    def _signed(self, payload: bytes) -> bytes:
        signature = sha256(self._outer + sha256(self._inner + payload).digest()).digest()
        return _base64url(payload) + b"." + _base64url(signature)


def _base64url(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _invalid() -> Problem:
    return Problem(400, "Invalid cursor", rule="list.cursor-signed", code="invalid_cursor")
