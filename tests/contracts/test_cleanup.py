"""The end of a run: what it connected is disconnected again, and nothing else is."""

from __future__ import annotations

from typing import Any

from tests.contracts.conftest import Organization
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.checks.connect.connect_flow import MAX_STALE
from postfuze_contracts.engine.registry import REGISTRY
from postfuze_contracts.model.events import CheckStarted, Event, RunFinished
from postfuze_contracts.model.options import Access, Secret, Sessions
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client

PAGES = [{"id": f"10293847561029{number}", "name": f"Acme {number}"} for number in range(3)]


def ran(organization: Organization, rule: Rule | None = None, **changes: Any) -> tuple[list[Event], RunFinished]:
    """The events of a run that connects accounts."""
    options = organization.options(rule, **changes)
    checks = [check for check in REGISTRY if check.subject == "connect"]
    *events, finished = run(options, checks, Client(options, sleep=organization.advance))
    assert isinstance(finished, RunFinished)
    return events, finished


def listed(organization: Organization) -> set[str]:
    found: set[str] = set()
    page: dict[str, Any] = organization.caller.get("/social-accounts", limit=100).json
    while page["next_cursor"] is not None:
        found |= {row["id"] for row in page["data"]}
        page = organization.caller.get("/social-accounts", limit=100, cursor=page["next_cursor"]).json
    return found | {row["id"] for row in page["data"]}


def standing(finished: RunFinished) -> dict[str, str]:
    return {change.id: change.why for change in finished.ledger if change.stands}


def test_a_run_leaves_the_accounts_as_they_were(organization: Organization) -> None:
    before = listed(organization)
    events, finished = ran(organization)
    assert any(change.what == "connected" for change in finished.ledger)
    assert listed(organization) == before
    assert not standing(finished)
    named = [event.writes for event in events if isinstance(event, CheckStarted) and event.check == "clean-up"]
    assert [str(each)[:34] for each in named] == ["disconnects what the run connected"]


def test_accounts_that_stood_before_are_reconnected_and_stay(organization: Organization) -> None:
    """They are older than a hundred others, so that they are not on the list's first page."""
    old = "2020-01-01T00:00:00.000Z"
    made = [
        organization.levers.create_account(platform="facebook", network_unique_id=page["id"], created_at=old)["id"]
        for page in PAGES
    ]
    before = listed(organization)
    _, finished = ran(organization, sessions=Sessions(fresh=lambda: organization.session(pages=PAGES)))
    assert set(made) <= {change.id for change in finished.ledger if change.what == "connected"}
    assert listed(organization) == before
    assert standing(finished) == dict.fromkeys(made, "it stood before the run, or may have")


def test_an_account_that_comes_back_under_its_old_id_is_disconnected_again(organization: Organization) -> None:
    organization.levers.reset(world={"assume": {"finalize.deleted-account": "same-id"}})
    before = listed(organization)
    sessions = Sessions(fresh=lambda: organization.session(pages=PAGES))
    ran(organization, sessions=sessions)
    _, finished = ran(organization, sessions=sessions)
    assert any(change.what == "connected" for change in finished.ledger)
    assert listed(organization) == before
    assert not standing(finished)


def test_requests_are_kept_back_for_it(organization: Organization) -> None:
    before = listed(organization)
    _, finished = ran(organization, max_requests=150)
    assert finished.requests <= 150
    assert any(change.what == "connected" for change in finished.ledger)
    assert listed(organization) == before


def test_what_cannot_be_disconnected_is_told_and_no_failure(organization: Organization) -> None:
    def refusing(call: Call) -> Answer:
        return call.instead("GET", "/no-such-path").but({}, 500) if call.method == "DELETE" else call.forward()

    _, finished = ran(organization, refusing)
    assert not any(verdict.failures for verdict in finished.verdicts)
    assert set(standing(finished).values()) == {"disconnecting it answered 500, and it can be retrieved"}


def test_nothing_is_disconnected_without_leave_to_write(organization: Organization) -> None:
    events, finished = ran(organization, access=Access.PASSIVE)
    assert not finished.ledger
    assert not any(isinstance(event, CheckStarted) and event.writes for event in events)


def test_a_supplier_of_stale_sessions_without_end_is_given_up(organization: Organization) -> None:
    given: list[Secret] = []

    def stale() -> Secret:
        given.append(Secret(f"no-such-session-{len(given)}", "session"))
        return given[-1]

    _, finished = ran(organization, sessions=Sessions(fresh=stale))
    assert len(given) <= MAX_STALE
    assert not any(verdict.failures for verdict in finished.verdicts)
