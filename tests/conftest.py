"""Fixtures and hooks that all tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from tests.support import children, engines

if TYPE_CHECKING:
    from tests.e2e.browser import Browser

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.load_profile("fixed")

# A shell without job control lets a program in the background ignore these, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGQUIT"):
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    help = "the engine of the servers that tests share or start (default: memory)"
    parser.addoption("--engine", choices=engines.NAMES, default=engines.MEMORY, help=help)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that use the fixtures `browser` and `postgres`, and skip those about another engine."""
    is_memory = config.getoption("engine") == engines.MEMORY
    for item in items:
        if not is_memory and item.get_closest_marker("memory_only"):
            item.add_marker(pytest.mark.skip(reason="is about the engine memory"))
        names = getattr(item, "fixturenames", ())
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
        if "postgres" in names:
            item.add_marker(pytest.mark.engines)


@pytest.fixture(autouse=True, scope="session")
def no_process_outlives_the_tests() -> Iterator[None]:
    """End leftover processes; the test session fails if there are any."""
    yield
    assert children.end_all() == []


@pytest.fixture(scope="session")
def engine_flags(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Flags]:
    """Returns the flags that give a server a database of its own on the engine of `--engine`; see `engines.Flags`."""
    name, folder = request.config.getoption("engine"), tmp_path_factory.mktemp("databases")
    server = request.getfixturevalue("postgres") if name.startswith("postgresql") else None
    with ExitStack() as stack:
        yield engines.Databases(name, folder, server, stack).flags


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, shared by the session; each test opens its own pages. See `tests/e2e/browser.py`."""
    from tests.e2e.browser import launch  # imports Playwright, which few tests need

    with launch() as browser:
        yield browser


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL, for `postgres_url`, and for tests that stop connections; `tests/support/postgres.py`."""
    from tests.support.postgres import server  # imports psycopg, which few tests need

    with server() as dsn:
        yield dsn


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The URL of a PostgreSQL database for this test alone, empty."""
    from tests.support.postgres import database

    with database(postgres) as url:
        yield url
