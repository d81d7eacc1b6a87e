"""The checks of keys, against deployments that whole runs do not cover."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contracts.family.judgement import checks_for, checks_of, failed
from tests.contracts.family.mock import NAME, Deployment, Mock

from postfuze_contracts.checks.auth.unknown_keys import derivations
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Access, Secret
from postfuze_contracts.model.verdicts import Outcome, Verdict


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


def verdict(finished: RunFinished, statement: str) -> Verdict:
    return next(each for each in finished.verdicts if each.statement == statement)


def test_unknown_keys_are_not_tried_where_they_open_worlds(deployment: Deployment) -> None:
    unknown = verdict(deployment.judge(checks_for({"auth.unknown"})), "auth.unknown")
    assert unknown.outcome is Outcome.BLOCKED
    assert [need.id for need in unknown.needs] == ["target.unknown-keys"]
    assert {world.name for world in deployment.mock.worlds} == {NAME}


def test_reports_describe_a_derived_key_and_do_not_show_it(mock: Mock) -> None:
    mock.refuse_unknown_keys()
    mock.requests("*", lambda request: request.with_key(f"sk_test_{NAME}"))
    with mock.served() as deployment:
        unknown = verdict(deployment.judge(checks_for({"auth.unknown"})), "auth.unknown")
    assert unknown.outcome is Outcome.FAIL
    assert "Bearer ‹the key, but with another last character›" in repr(unknown)
    assert [key for _, key in derivations(f"sk_test_{NAME}") if key in repr(unknown)] == []


def test_revoked_key_that_is_accepted_once_is_a_failure(mock: Mock) -> None:
    revoked = iter([True])

    def accepts(authorization: str) -> bool:
        return authorization.endswith("_revoked") and next(revoked, False)

    mock.requests(
        "listSocialAccounts",
        lambda request: request.with_key(f"sk_test_{NAME}") if accepts(request.headers["authorization"]) else request,
    )
    with mock.served() as deployment:
        assert verdict(deployment.judge(checks_for({"auth.revoked"})), "auth.revoked").outcome is Outcome.FAIL


def test_write_scopes_do_not_pass_without_a_key_of_another_scope(deployment: Deployment) -> None:
    keys = replace(deployment.options().keys, other_scope=None)
    scopes = verdict(deployment.judge(checks_for({"auth.write-scopes"}), keys=keys), "auth.write-scopes")
    assert scopes.outcome is Outcome.BLOCKED
    assert [need.id for need in scopes.needs] == ["keys.other_scope"]


def test_key_without_scopes_that_writes_is_a_failure_without_a_key_of_another_scope(mock: Mock) -> None:
    mock.requests("deleteSocialAccount", lambda request: request.with_key(f"sk_test_{NAME}"))
    with mock.served() as deployment:
        keys = replace(deployment.options().keys, other_scope=None)
        assert "auth.write-scopes" in failed(deployment.judge(checks_for({"auth.write-scopes"}), keys=keys))


@pytest.mark.parametrize(
    ("key", "neighbour"),
    [("sk_live_key1", "sk_live_key2"), ("sk_live_key10", "sk_live_key1"), ("sk_test_full2", "sk_test_full")],
)
def test_key_that_an_organization_may_well_have_is_not_derived(key: str, neighbour: str) -> None:
    assert neighbour not in {derived for _, derived in derivations(key)}


@pytest.mark.parametrize("key", ["sk_live_a", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_2026", "sk_x", "sk_live_…"])
def test_derived_keys_are_distinct_and_well_formed(key: str) -> None:
    derived = [each for _, each in derivations(key)]
    assert len({*derived, key}) == len(derived) + 1 > 3
    assert all(each.startswith("sk_") for each in derived)
