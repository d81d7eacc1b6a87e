"""The checks of disconnecting delete only accounts that the run connected."""

from __future__ import annotations

from dataclasses import replace

from tests.contracts.family.judgement import checks_of, failed, statements
from tests.contracts.family.mock import Deployment, Mock

from postfuze_contracts.model.options import Sessions
from postfuze_contracts.model.verdicts import Outcome


def account_ids(deployment: Deployment) -> set[str]:
    rows = deployment.control.get_state()["accounts"]
    return {row["account"]["id"] for row in rows if not row.get("deleted")}


def test_run_deletes_no_account_that_existed_before(deployment: Deployment) -> None:
    before = account_ids(deployment)
    finished = deployment.judge(checks_of("delete"))
    connected = {change.id for change in finished.ledger if change.what == "connected"}
    assert connected >= {change.id for change in finished.ledger if change.what == "deleted"}
    assert account_ids(deployment) >= before


def test_account_that_no_session_offered_is_not_deleted(mock: Mock) -> None:
    """The deployment returns ids of other accounts from finalize."""
    victims: list[str] = []

    def name_the_victim(body: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
        return {"connectedAccounts": [{**each, "id": victims[0]} for each in body["connectedAccounts"]]}

    mock.bodies("finalizeConnection", name_the_victim)
    with mock.served() as deployment:
        victims.extend(sorted(account_ids(deployment))[:1])
        supply = iter([mock.session() for _ in range(3)])
        finished = deployment.judge(checks_of("delete"), sessions=Sessions(fresh=lambda: next(supply, None)))
        assert not failed(finished)
        assert victims[0] in account_ids(deployment)


def test_acknowledged_deletion_of_nothing_is_no_change(mock: Mock) -> None:
    mock.settings = replace(mock.settings, assume={"delete.unknown": "200", "delete.again": "200"})
    with mock.served() as deployment:
        finished = deployment.judge(checks_of("delete", "isolation"))
        deleted = [change.id for change in finished.ledger if change.what == "deleted"]
    assert not failed(finished)
    assert len(set(deleted)) == len(deleted)
    assert {change.id for change in finished.ledger if change.what == "connected"} >= set(deleted)


def test_other_statements_are_judged_without_a_read_only_key(deployment: Deployment) -> None:
    keys = replace(deployment.options().keys, read_only=None)
    finished = deployment.judge(checks_of("delete"), keys=keys)
    assert statements(finished, Outcome.BLOCKED) == {"delete.needs-scope"}
