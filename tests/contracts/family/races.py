"""Ways to make a mock wrong for calls at the same time."""

from __future__ import annotations

import asyncio

from tests.contracts.family.mock import Mock
from tests.contracts.family.wire import Request, Response


def mixed_up(mock: Mock, operation: str) -> None:
    """Of calls of `operation` at the same time, let each be one of the path that was called last."""
    latest = ""

    async def handle(request: Request) -> Response:
        nonlocal latest
        latest = request.path
        await asyncio.sleep(0.003)
        return await request.replace(path=latest).send()

    mock.handle(operation, handle)
