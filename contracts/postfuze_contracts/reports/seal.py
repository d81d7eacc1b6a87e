"""The seal of a JSON report: shows that whoever wrote the report's URL had the API key.

`replay` sends the key to the URL of a report only if the seal is right, because a report is a file that anyone may have
changed. The seal does not reveal the key: it is a salted scrypt hash of both.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from postfuze_contracts.model.options import Secret

_SALT = 16  # bytes


def seal(url: str, key: Secret) -> str:
    """A new seal: salt and hash in hexadecimal digits."""
    return _seal(url, key, os.urandom(_SALT))


def is_right(seal: object, url: str, key: Secret) -> bool:
    """Whether this is a seal of `url` by `key`."""
    try:
        salt = bytes.fromhex(str(seal).partition(":")[0])
    except ValueError:
        return False
    return hmac.compare_digest(str(seal).encode(), _seal(url, key, salt).encode())


def _seal(url: str, key: Secret, salt: bytes) -> str:
    digest = hashlib.scrypt(key.value.encode(), salt=salt + url.encode(), n=2**14, r=8, p=1, dklen=32)
    return f"{salt.hex()}:{digest.hex()}"
