"""The end of a run disconnects exactly the accounts that the run connected."""

from __future__ import annotations

import pytest
from tests.contracts.family.judgement import checks_of
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.checks.connect.connect_flow import MAX_STALE
from postfuze_contracts.model.events import CheckStarted, RunFinished
from postfuze_contracts.model.options import Access, Secret, Sessions
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_mock.problems import CONTENT_TYPE, Problem

PAGES = [{"id": f"10293847561029{number}", "name": f"Acme {number}"} for number in range(3)]
CONNECT = checks_of("connect")


def account_ids(deployment: Deployment) -> set[str]:
    rows = deployment.control.get_state()["accounts"]
    return {row["account"]["id"] for row in rows if not row.get("deleted")}


def connected(finished: RunFinished) -> set[str]:
    return {change.id for change in finished.ledger if change.what == "connected"}


def left_over(finished: RunFinished) -> dict[str, str]:
    return {change.id: change.why for change in finished.ledger if change.stands}


def same_pages(mock: Mock) -> Sessions:
    return Sessions(fresh=lambda: mock.session(pages=PAGES))


@pytest.mark.parametrize("max_requests", [None, 150], ids=["no budget", "a small budget"])
def test_run_leaves_the_accounts_as_they_were(deployment: Deployment, max_requests: int | None) -> None:
    before = account_ids(deployment)
    changes = {} if max_requests is None else {"max_requests": max_requests}
    finished = deployment.judge(CONNECT, **changes)
    assert connected(finished)
    assert not left_over(finished)
    assert account_ids(deployment) == before
    assert max_requests is None or finished.requests <= max_requests


def test_cleanup_reports_what_it_writes(deployment: Deployment) -> None:
    options = deployment.options()
    events = list(run(options, CONNECT, Client(options, sleep=deployment.mock.advance)))
    texts = [str(event.writes) for event in events if isinstance(event, CheckStarted) and event.check == "clean-up"]
    assert [text.partition(":")[0][:34] for text in texts] == ["disconnects what the run connected"]


def test_accounts_from_before_the_run_are_reconnected_and_stay(deployment: Deployment) -> None:
    """The accounts are not on the first page of the list."""
    old = "2020-01-01T00:00:00.000Z"
    ids = {
        deployment.control.create_account(platform="facebook", network_unique_id=page["id"], created_at=old)["id"]
        for page in PAGES
    }
    before = account_ids(deployment)
    finished = deployment.judge(CONNECT, sessions=same_pages(deployment.mock))
    assert ids <= connected(finished)
    assert account_ids(deployment) == before
    assert left_over(finished).keys() == ids


def test_account_that_returns_under_its_old_id_is_disconnected_again(deployment: Deployment) -> None:
    deployment.control.reset(world={"assume": {"finalize.deleted-account": "same-id"}})
    before = account_ids(deployment)
    deployment.judge(CONNECT, sessions=same_pages(deployment.mock))
    finished = deployment.judge(CONNECT, sessions=same_pages(deployment.mock))
    assert connected(finished)
    assert account_ids(deployment) == before
    assert not left_over(finished)


def test_account_that_cannot_be_disconnected_is_reported_and_not_a_failure(mock: Mock) -> None:
    async def refuse(_: Request) -> Response:
        return Response.of(500, Problem(500, None).document(), CONTENT_TYPE)

    mock.handle("deleteSocialAccount", refuse)
    with mock.served() as deployment:
        finished = deployment.judge(CONNECT)
    assert not any(verdict.failures for verdict in finished.verdicts)
    assert left_over(finished)
    assert all("500" in reason for reason in left_over(finished).values())


def test_nothing_is_disconnected_without_permission_to_write(deployment: Deployment) -> None:
    options = deployment.options(Access.PASSIVE)
    *events, finished = run(options, CONNECT, Client(options, sleep=deployment.mock.advance))
    assert isinstance(finished, RunFinished)
    assert not finished.ledger
    assert not any(isinstance(event, CheckStarted) and event.writes for event in events)


def test_endless_supply_of_stale_sessions_is_given_up(deployment: Deployment) -> None:
    tokens: list[Secret] = []

    def stale() -> Secret:
        tokens.append(Secret(f"no-such-session-{len(tokens)}", "session"))
        return tokens[-1]

    finished = deployment.judge(CONNECT, sessions=Sessions(fresh=stale))
    assert len(tokens) <= MAX_STALE
    assert not any(verdict.failures for verdict in finished.verdicts)
