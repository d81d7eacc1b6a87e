"""The checks of rate limits exhaust nothing without permission."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of
from tests.contracts.family.mock import Deployment


def test_nothing_is_sent_without_permission_to_exhaust_limits(deployment: Deployment) -> None:
    assert not deployment.judge(checks_of("limits"), exhaust_limits=False).requests
