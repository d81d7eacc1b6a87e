"""The checks of starting the connect flow, where nothing can be judged."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of, statements
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.wire import Response

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock.problems import CONTENT_TYPE, Problem

STATEMENTS = {"auth-url.url", "auth-url.state"}


def test_organization_without_apps_blocks_the_checks(mock: Mock) -> None:
    missing = Response.of(404, Problem(404, "No app for this platform.").document(), CONTENT_TYPE)
    mock.responses("createAuthUrl", lambda _request, _response: missing)
    with mock.served() as deployment:
        assert statements(deployment.judge(checks_of("auth_url")), Outcome.BLOCKED) == STATEMENTS


def test_no_flow_is_started_without_full_access(deployment: Deployment) -> None:
    finished = deployment.judge(checks_of("auth_url"), access=Access.PROBE)
    assert statements(finished, Outcome.BLOCKED) == STATEMENTS
    assert not finished.requests
