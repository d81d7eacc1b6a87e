"""The checks of the connect flow, with different supplies of sessions."""

from __future__ import annotations

from collections.abc import Callable

from tests.contracts.family.judgement import checks_of, failed, statements
from tests.contracts.family.mock import Deployment, Mock

from postfuze_contracts.model.options import Access, Secret, Sessions
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock import spec

CONNECT = {each.id for each in spec.statements() if each.subject == "connect" and each.observable}
READABLE = {f"connect.{name}" for name in ("pages-fields", "several-pages", "kept-until-finalized", "no-key")}


def supply(*sessions: Secret) -> Callable[[], Secret | None]:
    rest = iter(sessions)
    return lambda: next(rest, None)


def test_an_expired_session_that_still_works_is_caught(deployment: Deployment) -> None:
    mint = deployment.mock.session
    finished = deployment.judge(checks_of("connect"), sessions=Sessions(fresh=mint, expired=mint()))
    assert failed(finished) == {"connect.expired-session"}


def test_passive_run_does_not_use_up_the_session(deployment: Deployment) -> None:
    session = deployment.mock.session()
    finished = deployment.judge(checks_of("connect"), sessions=Sessions(fresh=supply(session)), access=Access.PASSIVE)
    assert statements(finished, Outcome.PASS) == {"connect.unknown-session", *READABLE}
    assert session.value in {each["session_token"] for each in deployment.control.list_sessions()}


def test_two_sessions_of_two_pages_suffice(deployment: Deployment) -> None:
    mint = deployment.mock.session
    sessions = Sessions(fresh=supply(mint(pages=2), mint(pages=2)), expired=mint(expires_in=0))
    assert statements(deployment.judge(checks_of("connect"), sessions=sessions), Outcome.PASS) >= CONNECT


def test_tenant_is_blocked_unless_it_is_known(deployment: Deployment) -> None:
    finished = deployment.judge(checks_of("connect"))
    assert "account.tenant" in statements(finished, Outcome.BLOCKED)


def test_tenant_of_the_sessions_is_kept(mock: Mock) -> None:
    mock.tenant = "tenant_of_the_sessions"
    with mock.served() as deployment:
        assert "account.tenant" in statements(deployment.judge(checks_of("connect")), Outcome.PASS)


def test_used_up_sessions_are_not_a_failure(deployment: Deployment) -> None:
    stale = [deployment.mock.session(expires_in=0) for _ in range(2)]
    finished = deployment.judge(checks_of("connect"), sessions=Sessions(fresh=supply(*stale)))
    assert not failed(finished)
    assert "connect.once" in statements(finished, Outcome.BLOCKED)
