"""Deployments to judge: the mock, and the mock behind a rule that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.proxy import Proxy, Rule
from tests.e2e.calls import Caller
from tests.e2e.mock_process import MockProcess

from postfuze_contracts.engine.registry import REGISTRY
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Access, Keys, Options, Secret, Sessions
from postfuze_contracts.model.verdicts import Outcome
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client

import_module("postfuze_contracts.checks")
_numbers = count(1)


def outcome(finished: RunFinished, outcome: Outcome) -> set[str]:
    """The statements with that verdict."""
    assert finished.fault is None
    return {verdict.statement for verdict in finished.verdicts if verdict.outcome is outcome}


def failed(finished: RunFinished) -> set[str]:
    """The statements that the deployment is said to break, once or each time."""
    return outcome(finished, Outcome.FAIL) | outcome(finished, Outcome.FLAKY)


class Organization:
    """An organization of its own on the mock, seen through `rule` where there is one."""

    def __init__(self, mock: MockProcess, prefix: str = "contracts") -> None:
        self.name = f"{prefix}-{next(_numbers)}"
        self.mock, self.url = mock, mock.url
        self.caller: Caller = mock.caller(f"sk_test_{self.name}")
        self.levers = mock.mock(self.name)
        self.proxies: list[Proxy] = []

    def session(self, **wanted: Any) -> Secret:
        """A fresh session of three facebook pages, or as `wanted`."""
        minted = self.levers.create_session(**{"network": "facebook", "pages": 3, **wanted})
        return Secret(minted["session_token"], "session")

    def key(self, suffix: str = "") -> Secret:
        return Secret(f"sk_test_{self.name}{suffix}", f"key{suffix}")

    def options(self, rule: Rule | None = None, **changes: Any) -> Options:
        """Full access with all keys and any number of sessions, unless `changes` say otherwise."""
        url = self.url
        if rule is not None:
            self.proxies.append(Proxy(url, rule))
            url = self.proxies[-1].url
        keys = Keys(
            full=self.key(),
            read_only=self.key("_readonly"),
            revoked=self.key("_revoked"),
            expired=self.key("_expired"),
            other_organization=Secret(f"sk_live_{self.name}-other", "other key"),
        )
        sessions = Sessions(fresh=self.session, expired=self.session(expires_in=0))
        options = Options(f"{url}/api/v1", keys, sessions, Access.FULL)
        return replace(options, **changes)

    def judge(self, subject: str, rule: Rule | None = None, **changes: Any) -> RunFinished:
        """Run the checks of a subject; a wait moves the mock's clock instead."""
        options = self.options(rule, **changes)
        client = Client(options, sleep=self.advance)
        *_, finished = run(options, [each for each in REGISTRY if each.subject == subject], client)
        assert isinstance(finished, RunFinished)
        return finished

    def advance(self, seconds: float) -> None:
        self.levers.advance_clock(seconds)

    def close(self) -> None:
        for proxy in self.proxies:
            proxy.close()


@pytest.fixture(scope="session")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """One that sends browsers anywhere, so that more can be wrong with what it seals."""
    process = MockProcess("--assume", "auth-url.redirect-uri=any-host", folder=tmp_path_factory.mktemp("contracts"))
    yield process
    process.stop()


@pytest.fixture
def organization(mock: MockProcess) -> Iterator[Organization]:
    made = Organization(mock)
    yield made
    made.close()


@pytest.fixture
def organizations(mock: MockProcess) -> Callable[[str], Organization]:
    """Makes further organizations."""
    return lambda prefix: Organization(mock, prefix)


#: Each test there runs checks against deployments of its own, hundreds in all.
_SLOW = ("scenarios", "family", "generated")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the harness's checks of broken and of correct deployments to `make test-all`."""
    here = Path(__file__).parent
    for item in items:
        if any(item.path.is_relative_to(here / folder) for folder in _SLOW):
            item.add_marker(pytest.mark.slow)
