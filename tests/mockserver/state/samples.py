"""Rows and sessions of the store's tests."""

from __future__ import annotations

from typing import Any, Final

from postfuze_mock.records import Row, Session, encode

SESSION: Final[Session] = {
    "session_token": "9f8e7d6c5b4a39281706",
    "network": "facebook",
    "tenant_id": None,
    "expires_at": None,
    "pages": [],
    "account_ids": [],
}


def row(n: int, **fields: Any) -> Row:
    """The n-th row; a larger n is newer."""
    account = {
        "id": f"{n:08x}-0000-4a9f-9b1c-2e7d6f0a1234",
        "platform": ("x", "facebook")[n % 2],
        "tenant_id": f"tenant_{n % 4}",
        "network_unique_id": str(n),
        "username": f"acme_{n}",
        "created_at": f"2026-06-01T09:30:{n % 3600 // 60:02}.{n % 60:03}Z",
    }
    return encode({**account, **fields})


def id_of(row: Row) -> str:
    """The id of its account."""
    id: str = row.account()["id"]
    return id


def session(token: str, **fields: Any) -> Session:
    """A pending session."""
    made: Any = {**SESSION, "session_token": token, **fields}
    return made  # type: ignore[no-any-return]
