"""The checks of keys, with keys and deployments that a whole run does not have."""

from __future__ import annotations

from dataclasses import replace

from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import NAME, Deployment, Mock

from postfuze_contracts.model.options import Access, Secret


def accounts(deployment: Deployment) -> list[tuple[str, str, object]]:
    rows = deployment.control.get_state()["accounts"]
    return [(row["account"]["id"], row["account"]["status"], row.get("deleted")) for row in rows]


def test_a_deployment_that_takes_every_key_loses_nothing_to_a_passive_run(mock: Mock) -> None:
    mock.requests("*", lambda request: request.with_key(f"sk_test_{NAME}"))
    with mock.served() as deployment:
        before = accounts(deployment)
        finished = deployment.judge(checks_of("auth"), access=Access.PASSIVE)
        assert accounts(deployment) == before
    assert failed(finished) == {"auth.missing", "auth.malformed", "auth.revoked", "auth.expired"}


def test_modes_that_have_data_of_their_own_are_no_failure(deployment: Deployment) -> None:
    keys = replace(deployment.options().keys, read_only=Secret("sk_live_of-the-other-mode_readonly", "read-only key"))
    assert not failed(deployment.judge(checks_of("auth"), keys=keys, access=Access.PASSIVE))
