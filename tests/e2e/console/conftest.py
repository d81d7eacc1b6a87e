"""The console on a world that only the test uses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from tests.e2e.browser import Browser
from tests.e2e.console.console import Console, open_console
from tests.mockserver.webhooks.receiver import Receiver, receiving
from tests.support.processes import MockProcess

from postfuze_mock.client.fields import Json

#: The message of the browser about each refused request.
REFUSED = "Failed to load resource: the server responded with a status of 4"
ID = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A world name that no other test uses."""
    return hashlib.blake2s(request.node.nodeid.encode(), digest_size=8).hexdigest()


@pytest.fixture
def console(browser: Browser, mock: MockProcess, name: str) -> Iterator[Console]:
    """The console on a world of 120 accounts; a browser error fails the test."""
    with open_console(browser, mock, name) as console:
        console.world.put_clock(now="2026-06-14T12:10:00Z", frozen=True)
        yield console
        assert [each for each in console.visit.complaints if not each.startswith(REFUSED)] == []


@pytest.fixture
def acme(console: Console) -> Json:
    """An account that only the test uses."""
    return console.world.create_account(id=ID, username="acme", display_name="Acme Inc.", platform="x")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
