"""The checks of keys, against deployments that whole runs do not cover."""

from __future__ import annotations

from dataclasses import replace

from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import NAME, Deployment, Mock

from postfuze_contracts.model.options import Access, Secret


def accounts(deployment: Deployment) -> list[tuple[str, str, object]]:
    rows = deployment.control.get_state()["accounts"]
    return [(row["account"]["id"], row["account"]["status"], row.get("deleted")) for row in rows]


def test_passive_run_changes_nothing_even_if_every_key_is_accepted(mock: Mock) -> None:
    mock.requests("*", lambda request: request.with_key(f"sk_test_{NAME}"))
    with mock.served() as deployment:
        before = accounts(deployment)
        finished = deployment.judge(checks_of("auth"), access=Access.PASSIVE)
        assert accounts(deployment) == before
    assert failed(finished) == {"auth.missing", "auth.malformed", "auth.revoked", "auth.expired"}


def test_separate_data_for_test_and_live_mode_is_not_a_failure(deployment: Deployment) -> None:
    keys = replace(deployment.options().keys, read_only=Secret("sk_live_of-the-other-mode_readonly", "read-only key"))
    assert not failed(deployment.judge(checks_of("auth"), keys=keys, access=Access.PASSIVE))
