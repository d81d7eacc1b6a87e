"""Moved to `tests.support.server`."""

from tests.support.server import Server as Server
