"""The checks of organizations, where the other organization has nothing to leak."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import OTHER, Deployment


def test_another_organization_without_accounts_is_no_failure(deployment: Deployment) -> None:
    deployment.control_of(OTHER).reset(world="empty")
    assert not failed(deployment.judge(checks_of("isolation")))
