"""The world of a test that is a coroutine."""

from __future__ import annotations

from postfuze_mock.client import AsyncMockClient
from postfuze_mock.pytest_plugin.worlds import OwnWorld, refuse_reset_of_all


class OwnAsyncWorld(AsyncMockClient):
    """As the test's `OwnWorld`, for coroutines."""

    def __init__(self, own: OwnWorld) -> None:
        super().__init__(own.url, own.key, own.control_token)
        self._own = own

    def world(self, name: str) -> OwnAsyncWorld:
        """A client for another world of this test; see `OwnWorld.world`."""
        return OwnAsyncWorld(self._own.world(name))

    async def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        refuse_reset_of_all(target)
        return await super()._exchange(method, target, body)
