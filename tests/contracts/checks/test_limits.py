"""The checks of rate limits exhaust nothing without leave."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of
from tests.contracts.family.mock import Deployment


def test_without_leave_nothing_is_sent(deployment: Deployment) -> None:
    assert not deployment.judge(checks_of("limits"), exhaust_limits=False).requests
