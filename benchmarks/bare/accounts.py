"""One organization's accounts in the Starlette application: encoded and sorted once, with an index per platform."""

from __future__ import annotations

import base64
import hmac
from bisect import bisect_left
from collections import defaultdict
from typing import Any, Final

import orjson

SECRET: Final = b"benchmark"
KEY_TIME: Final = 24  # characters of created_at, before the id, in a sort key


class Accounts:
    """Lookups and pages of encoded rows; sort keys are created_at + id."""

    def __init__(self, accounts: list[dict[str, Any]]) -> None:
        self._rows = {account["id"]: orjson.dumps(account) for account in accounts}
        self._keys: defaultdict[str | None, list[str]] = defaultdict(list)
        for account in sorted(accounts, key=lambda account: (account["created_at"], account["id"])):
            key = account["created_at"] + account["id"]
            self._keys[None].append(key)
            self._keys[account["platform"]].append(key)

    def get(self, id_: str) -> bytes | None:
        """One account as JSON."""
        return self._rows.get(id_)

    def page(self, platform: str | None, cursor: str | None, limit: int) -> bytes:
        """One page as JSON, newest first. Raises ValueError for a cursor with an invalid signature."""
        keys = self._keys.get(platform, [])
        end = bisect_left(keys, _open(cursor)) if cursor else len(keys)
        page = keys[max(0, end - limit) : end][::-1]
        rows = b",".join([self._rows[key[KEY_TIME:]] for key in page])
        next_cursor = b'"%b"' % _sign(page[-1]) if end > limit else b"null"
        return b'{"data":[%b],"next_cursor":%b}' % (rows, next_cursor)


def _sign(key: str) -> bytes:
    payload = base64.urlsafe_b64encode(key.encode())
    return payload + b"." + base64.urlsafe_b64encode(hmac.digest(SECRET, payload, "sha256"))


def _open(cursor: str) -> str:
    payload, _, signature = cursor.encode().partition(b".")
    if not hmac.compare_digest(base64.urlsafe_b64decode(signature), hmac.digest(SECRET, payload, "sha256")):
        raise ValueError("Invalid cursor")
    return base64.urlsafe_b64decode(payload).decode()
