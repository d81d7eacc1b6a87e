"""A mock for a block of code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Unpack

from postfuze_mock.client import Mock
from postfuze_mock.launch.flags import TOKEN_VARIABLE, ServerSettings, check_names, flags, secrets
from postfuze_mock.launch.server_process import ServerProcess

DEMO_KEY: Final = "sk_live_demo"


@contextmanager
def running(
    *, key: str = DEMO_KEY, command: Sequence[str] | None = None, **settings: Unpack[ServerSettings]
) -> Iterator[Mock]:
    """A mock of its own, in a process that ends with the block, or with this process. Yields the client for `key`.

        with postfuze_mock.running(clock="2026-06-14T12:10:00Z,frozen") as mock:
            httpx.get(f"{mock.api_url}/social-accounts", headers={"Authorization": f"Bearer {mock.key}"})

    `settings` are named like the flags of `postfuze-mock serve`. `command` starts a mock from elsewhere, as in
    `["uvx", "postfuze-mock"]`. Raises MockError, with the server's own words, if it does not start, and TypeError for
    an unknown setting, a `command` that is no list, or a `world` that is a document.
    """
    check_names(settings, list(ServerSettings.__annotations__), "running()")
    if isinstance(command, str):
        raise TypeError(f"running(): command is a list of words, as in {command.split()}")
    server = ServerProcess(command, flags(settings), environment=secrets(settings))
    token = settings.get("control_token") or os.environ.get(TOKEN_VARIABLE)
    try:
        mock = Mock(server.url, key, token)
        try:
            yield mock
        finally:
            mock.close()
    finally:
        server.stop()
