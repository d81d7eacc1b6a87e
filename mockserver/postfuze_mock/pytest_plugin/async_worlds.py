"""The world of a test that is a coroutine."""

from __future__ import annotations

from postfuze_mock.client import AsyncMockClient, Mock
from postfuze_mock.pytest_plugin.worlds import refuse_reset_of_all


class OwnAsyncWorld(AsyncMockClient):
    """As `OwnWorld`, for coroutines."""

    async def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        refuse_reset_of_all(target)
        return await super()._exchange(method, target, body)


def async_client_of(mock: Mock) -> AsyncMockClient:
    """A client for coroutines of the same world."""
    return OwnAsyncWorld(mock.url, mock.key, mock.control_token)
