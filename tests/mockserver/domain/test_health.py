"""The health check, row by row."""

from typing import Any, NamedTuple

import pytest

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import health
from postfuze_mock.domain.choices import DEFAULT, Choices

NOW = parse_iso("2026-06-14T12:10:00.000Z")
MINUTE = 60_000
LATER, PAST = NOW + 120 * MINUTE, NOW - 120 * MINUTE


def account(status: str = "active", expires: int | None = LATER, platform: str = "x") -> dict[str, Any]:
    return {
        "id": "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234",
        "platform": platform,
        "status": status,
        "token_expires_at": None if expires is None else iso(expires),
        "last_synced_at": None,
        "created_at": "2026-06-01T09:30:00.000Z",
        "updated_at": "2026-06-09T12:00:00.000Z",
    }


class Case(NamedTuple):
    """A check and its expected outcome: error code (None: healthy), live or not, status, events."""

    status: str
    expires: int | None
    behaviour: dict[str, str]
    error: str | None
    live: bool
    becomes: str
    events: tuple[str, ...] = ()


FAILS, REVOKED, UNREACHABLE = {"refresh": "fails"}, {"refresh": "revoked"}, {"platform": "unreachable"}
UNAUTHORIZED = {"identity": "unauthorized"}
FLIPPED, GONE = ("account.token_expired",), ("account.reauth_required", "account.disconnected")

TABLE = {
    "a healthy account": Case("active", LATER, {}, None, True, "active"),
    "a token that never expires": Case("active", None, FAILS, None, True, "active"),
    "a token past its expiry is refreshed": Case("active", PAST, {}, None, True, "active"),
    "a hard 401": Case("active", LATER, UNAUTHORIZED, "unauthorized", True, "active"),
    "a hard 401 after a refresh": Case("active", PAST, UNAUTHORIZED, "unauthorized", True, "active"),
    "a refresh that nobody needs cannot fail": Case("active", LATER, FAILS, None, True, "active"),
    "a refresh that fails": Case("active", PAST, FAILS, "token_expired", True, "token_expired", FLIPPED),
    "a grant taken back": Case("active", PAST, REVOKED, "token_expired", True, "token_expired", FLIPPED + GONE),
    "it fails before anybody asks who it is": Case(
        "active", PAST, FAILS | UNAUTHORIZED, "token_expired", True, "token_expired", FLIPPED
    ),
    "it goes on failing": Case("token_expired", PAST, FAILS, "token_expired", True, "token_expired"),
    "it recovers": Case("token_expired", PAST, {}, None, True, "active"),
    "flipped with time left": Case("token_expired", LATER, {}, None, True, "active"),
    "flipped, then revoked": Case("token_expired", PAST, REVOKED, "token_expired", True, "token_expired", GONE),
    "disabled": Case("disabled", LATER, {}, "disabled", False, "disabled"),
    "disabled, past its expiry": Case("disabled", PAST, FAILS, "disabled", False, "disabled"),
    "revoked": Case("revoked", PAST, REVOKED, "revoked", False, "revoked"),
    "another state": Case("paused", LATER, {}, "paused", True, "paused"),
    "another state, past its expiry": Case("paused", PAST, {}, "paused", True, "paused"),
    "another state, and a hard 401": Case("paused", LATER, UNAUTHORIZED, "unauthorized", True, "paused"),
    "unreachable": Case("active", LATER, UNREACHABLE, None, False, "active"),
    "unreachable, without expiry": Case("active", None, UNREACHABLE, None, False, "active"),
    "unreachable, past its expiry": Case("active", PAST, UNREACHABLE | FAILS, "token_expired", False, "active"),
    "unreachable, expiring this millisecond": Case("active", NOW, UNREACHABLE, "token_expired", False, "active"),
    "unreachable, flipped": Case("token_expired", LATER, UNREACHABLE, "token_expired", False, "token_expired"),
    "unreachable, another state": Case("paused", PAST, UNREACHABLE, "paused", False, "paused"),
}


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_verdict_follows_the_table(case: Case) -> None:
    response, after, events = health.check(account(case.status, case.expires), case.behaviour, NOW, DEFAULT)
    assert (response["error_code"], response["checked_live"], response["status"], events) == (
        case.error,
        case.live,
        case.becomes,
        case.events,
    )
    assert response["healthy"] is (response["error_code"] is None)
    assert (after["status"], after["token_expires_at"]) == (response["status"], response["token_expires_at"])
    assert after["last_synced_at"] == (iso(NOW) if response["healthy"] and response["checked_live"] else None)
    moved = (after["status"], after["token_expires_at"]) != (
        case.status,
        account(expires=case.expires)["token_expires_at"],
    )
    assert after["updated_at"] == (iso(NOW) if moved else "2026-06-09T12:00:00.000Z")


def again(first: health.Check, behaviour: dict[str, str]) -> health.Check:
    """Another check right after `first`."""
    known = {"grant_revoked": True} if health.grant_revoked(first, before=False) else {}
    return health.check(first.account, {**behaviour, **known}, NOW, DEFAULT)


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE.keys())
def test_second_check_gives_the_same_verdict_without_an_event(case: Case) -> None:
    first = health.check(account(case.status, case.expires), case.behaviour, NOW, DEFAULT)
    second = again(first, case.behaviour)
    assert second == first._replace(events=())


def test_documented_example() -> None:
    assert list(health.check(account(), {}, NOW, DEFAULT).response.items()) == [
        ("id", "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"),
        ("network", "x"),
        ("healthy", True),
        ("status", "active"),
        ("error_code", None),
        ("token_expires_at", "2026-06-14T14:10:00.000Z"),
        ("checked_live", True),
        ("checked_at", "2026-06-14T12:10:00.000Z"),
    ]


@pytest.mark.parametrize("choice", ["5-minutes", "10-minutes", "60-minutes"])
@pytest.mark.parametrize(("under", "refreshed"), [(1, True), (0, False)])
def test_token_is_refreshed_within_the_chosen_time_of_its_expiry(choice: Any, under: int, refreshed: bool) -> None:
    edge = NOW + int(choice.split("-")[0]) * MINUTE - under
    checked = health.check(account(expires=edge), {}, NOW, Choices(health_near_expiry=choice))
    assert checked.response["token_expires_at"] == (iso(LATER) if refreshed else iso(edge))


@pytest.mark.parametrize("platform", [name for name, facts in PLATFORMS.items() if not facts.probed])
def test_unprobeable_platform_falls_back(platform: str) -> None:
    checked = health.check(account(expires=PAST, platform=platform), FAILS, NOW, DEFAULT)
    assert (checked.response["error_code"], checked.response["checked_live"]) == ("token_expired", False)
    assert checked.account == account(expires=PAST, platform=platform)


@pytest.mark.parametrize("platform", [name for name, facts in PLATFORMS.items() if facts.probed])
def test_refreshed_token_has_the_lifetime_of_the_platform(platform: str) -> None:
    lifetime = PLATFORMS[platform].token_lifetime
    checked = health.check(account("token_expired", PAST, platform), {}, NOW, DEFAULT)
    assert checked.response["token_expires_at"] == (None if lifetime is None else iso(NOW + lifetime * 1000))


def test_flipped_account_can_stay_flipped_until_reconnected_by_choice() -> None:
    checked = health.check(account("token_expired", PAST), {}, NOW, Choices(health_recovery="stays-flipped"))
    assert (checked.account, checked.events) == (account("token_expired", PAST), ())
    assert checked.response["error_code"] == "token_expired"


def test_revoked_grant_is_shown_as_a_status_by_choice() -> None:
    checked = health.check(account(expires=PAST), REVOKED, NOW, Choices(health_revoked_grant="revoked"))
    assert (checked.account["status"], checked.response["error_code"]) == ("revoked", "revoked")
    assert checked.events == GONE


def test_revoked_grant_is_no_disconnection_by_choice() -> None:
    choices = Choices(events_revoked_grant="not-disconnected")
    assert health.check(account(expires=PAST), REVOKED, NOW, choices).events == FLIPPED + GONE[:1]


@pytest.mark.parametrize("between", [{}, FAILS], ids=["recovered", "failed for another reason"])
def test_grant_that_is_revoked_again_fires_again(between: dict[str, str]) -> None:
    first = health.check(account(expires=PAST), REVOKED, NOW, DEFAULT)
    connected = first._replace(account={**first.account, "status": "active"})
    second = again(connected, between)
    expired = second._replace(account={**second.account, "token_expires_at": iso(PAST)})
    assert again(expired, REVOKED).events[-2:] == GONE


def test_refreshed_token_expires_when_the_world_says() -> None:
    until = iso(NOW + 110 * MINUTE)
    checked = health.check(account(expires=PAST), {"refreshed_until": until}, NOW, DEFAULT)
    assert checked.response["token_expires_at"] == until


def test_expiry_of_the_world_is_passed_over_once_it_is_near() -> None:
    hidden = {"refreshed_until": iso(NOW + 10 * MINUTE - 1)}
    assert health.check(account(expires=PAST), hidden, NOW, DEFAULT).response["token_expires_at"] == iso(LATER)
