"""The checks of account health: the mock passes, and each deployment that breaks a statement fails by that one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule
from tests.e2e.mock_process import MockProcess

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome


class Standing(Organization):
    """One whose clock stands, however long the run waits."""

    def advance(self, seconds: float) -> None:
        pass


JUDGED = {
    *("health.fields", "health.error-code", "health.unknown", "health.unprobed", "health.fallback", "health.reread"),
    *("health.refresh", "health.refresh-failure", "health.live-probe", "health.checked-at"),
}
Health = dict[str, Any]


def checks(call: Call) -> bool:
    return call.path.endswith("/health") and call.path.count("/") == 3


def saying(change: Callable[[Health], Health]) -> Rule:
    """Health checks say what `change` makes of them."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but({**answer.json, **change(answer.json)}) if checks(call) and answer.status == 200 else answer

    return rule


def status_from_before(call: Call) -> Answer:
    """Status and expiry are read before the probe."""
    before = call.instead("GET", call.path.removesuffix("/health")) if checks(call) else None
    answer = call.forward()
    if before is None or answer.status != 200:
        return answer
    return answer.but({**answer.json, **{name: before.json[name] for name in ("status", "token_expires_at")}})


def forgotten_flips() -> Rule:
    """A flip is told by the check, and never kept."""
    flipped: set[str] = set()

    def shown(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "status": "active"} if row["id"] in flipped else row

    def rule(call: Call) -> Answer:
        before = call.instead("GET", call.path.removesuffix("/health")) if checks(call) else None
        answer = call.forward()
        if before is not None and answer.status == 200:
            if answer.json["status"] == "token_expired" != before.json["status"]:
                flipped.add(answer.json["id"])
        elif answer.status == 200 and call.path == "/social-accounts":
            return answer.but({**answer.json, "data": [shown(row) for row in answer.json["data"]]})
        elif answer.status == 200 and call.path.count("/") == 2:
            return answer.but(shown(answer.json))
        return answer

    return rule


def never_flips(call: Call) -> Answer:
    """A refresh that fails leaves the status as it was, everywhere."""
    answer = call.forward()
    if b'"token_expired"' not in answer.body:
        return answer
    if checks(call):
        return answer.but({**answer.json, "status": "active"}) if answer.json["checked_live"] else answer
    if call.path == "/social-accounts":
        data = [{**row, "status": row["status"].replace("token_expired", "active")} for row in answer.json["data"]]
        return answer.but({**answer.json, "data": data})
    return answer.but({**answer.json, "status": "active"}) if answer.json.get("status") == "token_expired" else answer


def never_refreshes() -> Rule:
    """A probe leaves tokens as they are, and finds the account healthy nevertheless."""
    expiries: dict[str, str] = {}

    def shown(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "token_expires_at": expiries.setdefault(row["id"], row["token_expires_at"])}

    def rule(call: Call) -> Answer:
        if checks(call):
            before = call.instead("GET", call.path.removesuffix("/health"))
            if before.status == 200:
                shown(before.json)
        answer = call.forward()
        if answer.status != 200 or not call.path.startswith("/social-accounts") or call.path.endswith("/metrics"):
            return answer
        if call.path == "/social-accounts":
            return answer.but({**answer.json, "data": [shown(row) for row in answer.json["data"]]})
        return answer.but(shown(answer.json))

    return rule


def answers_kept() -> Rule:
    """The answer of a check is kept, and given again."""
    kept: dict[str, Answer] = {}

    def rule(call: Call) -> Answer:
        if not checks(call):
            return call.forward()
        return kept.get(call.path) or kept.setdefault(call.path, call.forward())

    return rule


def time_of_the_first_check() -> Rule:
    first: list[str] = []

    def change(health: Health) -> Health:
        first.append(health["checked_at"])
        return {"checked_at": first[0]}

    return saying(change)


def stored_time(call: Call) -> Answer:
    """What was not probed says when the account was last updated."""
    answer = call.forward()
    if not checks(call) or answer.status != 200 or answer.json["checked_live"]:
        return answer
    account = call.instead("GET", call.path.removesuffix("/health"))
    return answer.but({**answer.json, "checked_at": account.json["updated_at"]})


def answers_for_any_id(call: Call) -> Answer:
    answer = call.forward()
    if not checks(call) or answer.status != 404:
        return answer
    return answer.but({"id": call.path.split("/")[2], "healthy": False, "status": "unknown"}, 200)


def some_unprobed() -> Rule:
    """Whether an account is probed depends on its id."""
    return saying(lambda health: {"checked_live": health["checked_live"] and health["id"][0] in "01234567"})


BROKEN: dict[str, tuple[Rule, str]] = {
    "another network": (saying(lambda _: {"network": "mastodon"}), "health.fields"),
    "a word for a boolean": (saying(lambda health: {"healthy": str(health["healthy"]).lower()}), "health.fields"),
    "seconds for a timestamp": (saying(lambda _: {"checked_at": 1780000000}), "health.fields"),
    "an error of a healthy account": (
        saying(lambda health: {"error_code": health["error_code"] or "none"}),
        "health.error-code",
    ),
    "no error code": (saying(lambda _: {"error_code": None}), "health.error-code"),
    "200 for any id": (answers_for_any_id, "health.unknown"),
    "revoked accounts probed": (
        saying(lambda health: {"checked_live": health["checked_live"] or health["status"] == "revoked"}),
        "health.unprobed",
    ),
    "healthy without a probe": (
        saying(lambda health: {} if health["checked_live"] else {"healthy": True, "error_code": None}),
        "health.fallback",
    ),
    "ill without a probe": (
        saying(lambda health: {} if health["checked_live"] else {"healthy": False, "error_code": "not_checked"}),
        "health.fallback",
    ),
    "status from before": (status_from_before, "health.reread"),
    "forgotten flips": (forgotten_flips(), "health.refresh-failure"),
    "never flips": (never_flips, "health.refresh-failure"),
    "never refreshes": (never_refreshes(), "health.refresh"),
    "some unprobed": (some_unprobed(), "health.live-probe"),
    "the time of the first check": (time_of_the_first_check(), "health.checked-at"),
    "a stored time": (stored_time, "health.checked-at"),
    "a time of last year": (
        saying(lambda health: {"checked_at": f"2025{health['checked_at'][4:]}"}),
        "health.checked-at",
    ),
}


def test_the_mock_keeps_every_statement(organization: Organization) -> None:
    finished = organization.judge("health", access=Access.PROBE)
    assert outcome(finished, Outcome.PASS) == JUDGED
    assert not failed(finished)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("health", rule)) == {statement}


def test_never_probing_is_caught_by_the_documents_own_example(organization: Organization) -> None:
    finished = organization.judge("health", saying(lambda _: {"checked_live": False}))
    assert "health.live-probe" in failed(finished)


def test_answers_that_are_given_again_are_caught(organization: Organization) -> None:
    assert "health.checked-at" in failed(organization.judge("health", answers_kept()))


@pytest.mark.parametrize("now", ["2026-06-14T12:10:00.000Z", None])
def test_a_clock_that_stands_accuses_nobody(mock: MockProcess, now: str | None) -> None:
    organization = Standing(mock)
    organization.levers.put_clock(now=now, frozen=True)
    assert not failed(organization.judge("health"))


def test_timestamps_in_whole_seconds_accuse_nobody(organization: Organization) -> None:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        if not checks(call) or answer.status != 200:
            return answer
        return answer.but({**answer.json, "checked_at": answer.json["checked_at"][:19] + "+00:00"})

    assert not failed(organization.judge("health", rule))


def test_only_accounts_that_may_be_probed_are(organization: Organization) -> None:
    ids = [row["id"] for row in organization.caller.get("/social-accounts", limit=3).json["data"]]
    seen: set[str] = set()

    def rule(call: Call) -> Answer:
        if checks(call):
            seen.add(call.path.split("/")[2])
        return call.forward()

    finished = organization.judge("health", rule, access=Access.PROBE, probe=tuple(ids))
    assert not failed(finished)
    assert {id for id in seen if not id.startswith("00000000-dead")} == set(ids)


def test_an_empty_organization_is_blocked_by_name(organization: Organization) -> None:
    organization.levers.reset(world="empty")
    finished = organization.judge("health")
    assert outcome(finished, Outcome.PASS) == {"health.unknown"}
    assert outcome(finished, Outcome.BLOCKED) == JUDGED - {"health.unknown"}


def test_passive_access_probes_nothing(organization: Organization) -> None:
    finished = organization.judge("health", access=Access.PASSIVE)
    assert outcome(finished, Outcome.PASS) == {"health.unknown"}
