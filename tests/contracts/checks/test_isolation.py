"""The checks of isolation, with an empty second organization."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import OTHER, Deployment


def test_empty_second_organization_is_not_a_failure(deployment: Deployment) -> None:
    deployment.control_of(OTHER).reset(world="empty")
    assert not failed(deployment.judge(checks_of("isolation")))
