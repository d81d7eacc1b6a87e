"""Control a running mock from Python: put a world into the state that a test needs, and check what happened.

    from postfuze_mock.client import Mock

    with Mock("http://127.0.0.1:8080", key="sk_test_acme") as mock:  # reset when the block ends
        account = mock.create_account(platform="x", behaviour={"refresh": "fails"})
        mock.advance_clock(7200)

`AsyncMockClient` has the same methods as coroutines. Both need only the standard library, and import nothing of the
server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postfuze_mock.client.connections import MockError
from postfuze_mock.client.mock import Mock

if TYPE_CHECKING:
    from postfuze_mock.client.async_mock import AsyncMockClient as AsyncMockClient

__all__ = ["AsyncMockClient", "Mock", "MockError"]


def __getattr__(name: str) -> Any:
    if name == "AsyncMockClient":  # imports asyncio, which takes as long as all the rest
        from postfuze_mock.client.async_mock import AsyncMockClient

        return AsyncMockClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
