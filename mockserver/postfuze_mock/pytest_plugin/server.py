"""The mock of a test run: one that runs already, one that a worker shares, or one of its own."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from typing import Protocol

import pytest

from postfuze_mock.client import Mock, MockError
from postfuze_mock.launch.flags import TOKEN_VARIABLE
from postfuze_mock.launch.server_process import ServerProcess
from postfuze_mock.pytest_plugin import sharing
from postfuze_mock.pytest_plugin.report import FailureSections

#: Set by `postfuze-mock exec`, whose mock the tests then use.
ORIGIN_VARIABLE = "POSTFUZE_ORIGIN"


class Source(Protocol):
    """Where a mock runs, and why it has ended, if it has."""

    @property
    def url(self) -> str: ...

    def ending(self) -> str | None: ...


class Server:
    """The mock of a test run, at `url`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.url = source.url
        self.control_token = os.environ.get(TOKEN_VARIABLE)

    @property
    def api_url(self) -> str:
        """The URL of the API, for the code under test."""
        return f"{self.url}/api/v1"

    def world(self, name: str) -> Mock:
        """A client of the world `name`."""
        return Mock(self.url, f"sk_test_{name}", self.control_token)

    def explain(self, error: MockError) -> str:
        """`error` in words; if the server has ended, why."""
        ending = None if error.status is not None else self._source.ending()
        return str(error) if ending is None else f"The mock of this test run is gone: {ending}"

    def __repr__(self) -> str:
        return f"Server({self.url!r})"


def serving(config: pytest.Config) -> Iterator[Server]:
    """The server for the fixture `postfuze_server`; the test fails without a traceback if there is none."""
    config.pluginmanager.register(FailureSections(), "postfuze-failure-sections")
    source, problem = _source(config)
    if source is None:
        pytest.fail(f"There is no mock for this test run: {problem}", pytrace=False)
    yield Server(source)
    if isinstance(source, ServerProcess):
        source.stop()


def _source(config: pytest.Config) -> tuple[Source | None, str]:
    """Where the mock runs, or why there is none."""
    try:
        return Standing.of(config) or sharing.shared(config) or start(config), ""
    except (MockError, ValueError) as error:
        return None, str(error)


def start(config: pytest.Config) -> ServerProcess:
    """Start the mock that the options describe. Raises MockError, and ValueError for an invalid command."""
    command = shlex.split(
        config.getoption("postfuze_command") or config.getini("postfuze_command"), posix=os.name != "nt"
    )
    return ServerProcess(command or None, config.getini("postfuze_arguments"), folder=config.rootpath)


class Standing:
    """A mock that runs already."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    @classmethod
    def of(cls, config: pytest.Config) -> Standing | None:
        """The one that the options or the environment name, if any. Raises MockError unless it answers."""
        flag, variable = config.getoption("postfuze_url"), os.environ.get(ORIGIN_VARIABLE)
        url = flag or (None if config.getoption("postfuze_command") else variable) or config.getini("postfuze_url")
        if not url:
            return None
        mock = Mock(url)
        try:
            mock.get_mock_health()
        finally:
            mock.close()
        return cls(url)

    def ending(self) -> str | None:
        return None
