"""Disconnecting an account, and the timestamps of changes."""

from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.domain import lifecycle

NOW = parse_iso("2026-06-14T12:10:00.000Z")
ACCOUNT = {
    "id": "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234",
    "status": "active",
    "created_at": "2026-06-01T09:30:00.000Z",
    "updated_at": "2026-06-09T12:00:00.000Z",
}


def test_disconnecting_changes_only_status_and_updated_at() -> None:
    change = lifecycle.disconnect(ACCOUNT, NOW)
    assert change.account == {**ACCOUNT, "status": "disabled", "updated_at": "2026-06-14T12:10:00.000Z"}
    assert change.events == ("account.disconnected",)


def test_disconnecting_does_not_change_its_argument() -> None:
    before = dict(ACCOUNT)
    lifecycle.disconnect(ACCOUNT, NOW)
    assert before == ACCOUNT


def test_order_of_the_fields_is_preserved() -> None:
    assert list(lifecycle.disconnect(ACCOUNT, NOW).account) == list(ACCOUNT)


def test_updated_at_is_never_before_created_at() -> None:
    assert lifecycle.disconnect(ACCOUNT, 0).account["updated_at"] == ACCOUNT["created_at"]


def test_token_has_the_lifetime_of_its_platform() -> None:
    assert lifecycle.token_expiry("x", NOW) == "2026-06-14T14:10:00.000Z"
    assert lifecycle.token_expiry("facebook", NOW) is None
