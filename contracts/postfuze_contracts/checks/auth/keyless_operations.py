"""Judges that the operations that need no key also ignore a bad one that is sent along."""

from __future__ import annotations

from typing import Any

from postfuze_contracts.checks.connect.connect_flow import pending_session
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import FINALIZE, MISSING_SESSION, PENDING, SERVICE_HEALTH
from postfuze_contracts.target.target import Target

_BAD = ("Bearer sk_test_c0de-never-issued", "Bearer xyz", "Basic c2tfbGl2ZV9jMGRlOg==")


@check("connect.no-key", "service.health")
def bad_keys_sent_along(target: Target, judge: Judge) -> None:
    """Call each operation that needs no key with a bad key, and without one."""
    path, body = {"sessionToken": MISSING_SESSION}, {"selectedPageIds": ["1"]}
    for header in _BAD if target.deployed(SERVICE_HEALTH) else ():
        _expect_ignored(judge, "service.health", *_without_and_with(target, SERVICE_HEALTH, header))
    _expect_ignored(judge, "connect.no-key", *_without_and_with(target, PENDING, _BAD[0], path=path))
    _expect_ignored(judge, "connect.no-key", *_without_and_with(target, FINALIZE, _BAD[0], path=path, body=body))


@session_check("connect.no-key")
def a_bad_key_beside_a_session(target: Target, judge: Judge) -> None:
    """List the pages of a fresh session with a bad key, and without one."""
    session, _ = pending_session(target)
    path = {"sessionToken": session.value}
    for header in _BAD:
        _expect_ignored(judge, "connect.no-key", *_without_and_with(target, PENDING, header, path=path))
    target.put_back(session)


def _without_and_with(target: Target, operation: str, header: str, **arguments: Any) -> tuple[Exchange, Exchange]:
    """The responses to a call without a key, and with this header."""
    without = target.call(operation, key=None, **arguments)
    return without, target.call(operation, key=None, headers={"Authorization": header}, **arguments)


def _expect_ignored(judge: Judge, statement: str, without: Exchange, with_key: Exchange) -> None:
    """Judge that a key makes no difference where none is needed. An unknown session shows only that it does."""
    is_refused = with_key.status in (401, 403) and without.status not in (401, 403)
    if is_refused or without.status == with_key.status == 200:
        judge.expect(statement, not is_refused, f"{without.status}, as without a key", without, with_key)
