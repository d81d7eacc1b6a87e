"""The pytest plugin: a mock for the whole run, and a world of its own for each test.

This module is imported in every test run of an environment that has the package, so it imports nothing but pytest; what
the fixtures need is imported when one is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from postfuze_mock.client import AsyncMockClient
    from postfuze_mock.pytest_plugin.server import Server
    from postfuze_mock.pytest_plugin.worlds import OwnWorld

_MARKER = (
    "postfuze(world=…, assume=…, faults=[…], clock=…, seed=…): how the test's world starts: another world, other "
    "decisions of assumptions, faults (or names of presets), a clock (T or T,frozen), another seed"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the mock comes from."""
    group = parser.getgroup("postfuze", "a mock of Postfuze")
    group.addoption("--postfuze-url", metavar="URL", help="use the mock that runs at this URL; start none")
    group.addoption("--postfuze-command", metavar="COMMAND", help="start the mock with this, as in 'uvx postfuze-mock'")
    parser.addini("postfuze_url", "as --postfuze-url", default="")
    parser.addini("postfuze_command", "as --postfuze-command", default="")
    parser.addini("postfuze_arguments", "more arguments for `postfuze-mock serve`", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where to ask for the mock that all workers share."""
    from postfuze_mock.pytest_plugin.sharing import offer

    offer(node)


@pytest.fixture(scope="session")
def postfuze_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The mock of this test run, also of all workers of pytest-xdist: `url`, `api_url` and `world(name)`."""
    from postfuze_mock.pytest_plugin.server import serving

    yield from serving(pytestconfig)


@pytest.fixture
def postfuze(postfuze_server: Server, request: pytest.FixtureRequest) -> Iterator[OwnWorld]:
    """The client of a world that only this test uses; it starts as `@pytest.mark.postfuze` says."""
    from postfuze_mock.pytest_plugin.worlds import world_of

    yield from world_of(postfuze_server, request.node)


@pytest.fixture
def postfuze_async(postfuze: OwnWorld) -> AsyncMockClient:
    """The same world, for tests that are coroutines."""
    from postfuze_mock.pytest_plugin.async_worlds import OwnAsyncWorld

    return OwnAsyncWorld(postfuze)
