"""The reference of a server with the default settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.e2e.browser import Browser
from tests.e2e.reference.reference import Reference, open_reference
from tests.support.processes import MockProcess


@pytest.fixture
def reference(browser: Browser, mock: MockProcess) -> Iterator[Reference]:
    """The reference; a complaint of the browser fails the test."""
    with open_reference(browser, mock.url) as reference:
        yield reference
        assert reference.complaints == []
