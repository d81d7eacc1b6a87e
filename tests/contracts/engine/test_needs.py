"""A check blocks on exactly the needs that it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest
from tests.contracts.family.mock import Deployment, Mock

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Access, Keys, Options, Pin, Secret, Sessions
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_mock import spec

NUMBERS = count(1)
DECLARED = [(check, need) for check in REGISTRY for need in check.needs]
#: Needs that the organization lacks, not the options.
DATA = (needs.ACCOUNTS, needs.TIES)


@pytest.fixture(scope="module")
def limited() -> Iterator[Deployment]:
    """A mock with rate limits."""
    mock = Mock()
    mock.settings = replace(mock.settings, rate_limits=True)
    with mock.served() as deployment:
        yield deployment


TENANT = "tenant_of_the_sessions"


@dataclass(frozen=True)
class Organizations:
    """Two fresh organizations with everything that a check may need."""

    deployment: Deployment
    name: str

    @property
    def other(self) -> str:
        return f"{self.name}-other"

    def key(self, suffix: str = "", mode: str = "test") -> Secret:
        return Secret(f"sk_{mode}_{self.name}{suffix}", f"key{suffix}")

    def options(self) -> Options:
        keys = Keys(
            full=self.key(),
            read_only=self.key("_readonly"),
            revoked=self.key("_revoked"),
            expired=self.key("_expired"),
            other_organization=Secret(f"sk_live_{self.other}", "other key"),
        )
        sessions = Sessions(fresh=self.session, expired=self.session(expires_in=0), tenant=TENANT)
        pins = self.deployment.mock.pins()
        return Options(self.deployment.url, keys, sessions, Access.FULL, exhaust_limits=True, pins=pins)

    def session(self, expires_in: int = 900) -> Secret:
        session = self.deployment.control_of(self.name).create_session(
            network="facebook", pages=2, expires_in=expires_in, tenant_id=TENANT
        )
        return Secret(session["session_token"], "session")

    def without(self, need: Need) -> Options:
        """Options without one need, or the options of organizations without it."""
        options = self.options()
        kind, _, name = need.id.partition(".")
        if kind == "keys":
            # Either of two further keys tells the limits apart: both must be missing.
            missing = (name, "read_only") if need is needs.OTHER_ORGANIZATION else (name,)
            return replace(options, keys=replace(options.keys, **dict.fromkeys(missing)))
        if kind == "sessions":
            empty = Sessions()
            lacking = {
                "fresh": replace(options.sessions, fresh=empty.fresh),
                "expired": replace(options.sessions, expired=None),
                "tenant": replace(options.sessions, tenant=None),
            }
            return replace(options, sessions=lacking[name])
        if kind == "access":
            return replace(options, access=Access.PASSIVE)
        if need is needs.EXHAUST_LIMITS:
            return replace(options, exhaust_limits=False)
        if need is needs.OTHER_MODE:
            return replace(options, keys=replace(options.keys, other_organization=None))
        if need is not needs.UNKNOWN_KEYS:  # which this mock accepts
            self._empty(need)
        return options

    def _empty(self, need: Need) -> None:
        """Leave the organizations without data."""
        assert need in DATA, f"no way to lack {need.id} is written here"
        for each in (self.name, self.other):
            self.deployment.control_of(each).reset(world="empty")

    def _advance(self, seconds: float) -> None:
        self.deployment.control_of(self.name).advance_clock(seconds)

    def judge(self, check: Check, options: Options) -> RunFinished:
        """Run one check, with what it assumes pinned; a wait moves the mock's clock instead."""
        pins = {each.id: Pin(each.choice, "as pinned") for each in spec.assumptions() if each.id in check.assumes}
        options = replace(options, pins=pins)
        client = Client(options, sleep=self._advance)
        *_, finished = run(options, [check], client)
        assert isinstance(finished, RunFinished)
        return finished


@pytest.fixture
def organizations(limited: Deployment) -> Organizations:
    return Organizations(limited, f"needs-{next(NUMBERS)}")


def blocking(finished: RunFinished) -> set[str]:
    """The ids of the needs that blocked; any kind of account counts as `accounts`."""
    ids = {need.id for verdict in finished.verdicts for need in verdict.needs}
    return {needs.ACCOUNTS.id if id.startswith(needs.ACCOUNTS.id) else id for id in ids}


@pytest.mark.parametrize(("check", "need"), DECLARED, ids=[f"{check.name}-{need.id}" for check, need in DECLARED])
def test_check_blocks_on_each_declared_need(organizations: Organizations, check: Check, need: Need) -> None:
    finished = organizations.judge(check, organizations.without(need))

    assert need.id in blocking(finished)


@pytest.mark.slow
@pytest.mark.parametrize("need", sorted({need for _, need in DECLARED}), ids=lambda need: need.id)
def test_check_blocks_on_no_undeclared_need(organizations: Organizations, need: Need) -> None:
    options = organizations.without(need)

    for check in (check for check in REGISTRY if check.subject != "generated"):
        declared = {each.id for each in catalogue.needs_of(check)} | {"target.unexpected"}
        assert blocking(organizations.judge(check, options)) <= declared, check.name
