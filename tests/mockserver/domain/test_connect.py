"""Selected pages of a pending session become accounts."""

from typing import Any

import pytest

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import connect
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.lifecycle import Change
from postfuze_mock.problems import Problem
from postfuze_mock.records import ACCOUNT_FIELDS, Account, Page, Session

NOW = parse_iso("2026-06-14T12:10:00.000Z")
STOREFRONT: Page = {
    "id": "102938475610293",
    "type": "page",
    "name": "Acme Storefront",
    "username": "acmestore",
    "profilePictureUrl": "https://graph.facebook.com/102938475610293/picture",
}
SUPPORT: Page = {**STOREFRONT, "id": "564738291056473", "name": "Acme Support", "username": None}
SESSION: Session = {
    "session_token": "9f8e7d6c5b4a39281706",
    "network": "facebook",
    "tenant_id": "tenant_42",
    "expires_at": None,
    "pages": [STOREFRONT, SUPPORT],
    "account_ids": [],
}
NETWORK, OTHER_NETWORK = "f3c1b0a2-8d4e-4a9f-9b1c-2e7d6f0a1234", "00000000-8d4e-4a9f-9b1c-2e7d6f0a1234"
CONNECTED = ("account.connected",)


def finalize(
    pages: list[Page],
    choices: Choices = DEFAULT,
    *,
    standing: dict[str, Account] | None = None,
    deleted: dict[str, Account] | None = None,
) -> list[Change]:
    return connect.finalize(
        SESSION,
        pages,
        standing=standing or {},
        deleted=lambda: deleted or {},
        network_id=NETWORK,
        ids=iter(["new-1", "new-2"]),
        now=NOW,
        choices=choices,
    )


def earlier(**fields: Any) -> dict[str, Account]:
    """An account of the organization for the storefront."""
    account: Account = dict.fromkeys(ACCOUNT_FIELDS)
    account |= {
        "id": "old",
        "platform": "facebook",
        "network_unique_id": STOREFRONT["id"],
        "status": "token_expired",
        "scopes": [],
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-01-02T00:00:00.000Z",
        **fields,
    }
    return {STOREFRONT["id"]: account}


def test_page_becomes_an_account_with_all_fields_in_order() -> None:
    [change] = finalize([STOREFRONT])
    assert change.events == CONNECTED
    assert list(change.account.items()) == [
        ("id", "new-1"),
        ("platform", "facebook"),
        ("tenant_id", "tenant_42"),
        ("social_network_id", NETWORK),
        ("network_unique_id", "102938475610293"),
        ("username", "acmestore"),
        ("display_name", "Acme Storefront"),
        ("profile_image_url", "https://graph.facebook.com/102938475610293/picture"),
        ("account_type", "page"),
        ("status", "active"),
        ("scopes", list(PLATFORMS["facebook"].scopes)),
        ("token_expires_at", None),
        ("last_synced_at", iso(NOW)),
        ("created_at", iso(NOW)),
        ("updated_at", iso(NOW)),
    ]


def test_pages_become_accounts_in_order_with_unique_ids() -> None:
    assert [change.account["id"] for change in finalize([SUPPORT, STOREFRONT])] == ["new-1", "new-2"]
    assert [change.account["username"] for change in finalize([SUPPORT, STOREFRONT])] == [None, "acmestore"]


def test_existing_account_is_reconnected() -> None:
    old = earlier(tenant_id="tenant_1", social_network_id=OTHER_NETWORK)
    changes = finalize([STOREFRONT, SUPPORT], standing=old)
    again, new = (change.account for change in changes)
    assert (again["id"], again["created_at"]) == ("old", "2026-01-01T00:00:00.000Z")
    assert list(again) == list(ACCOUNT_FIELDS)
    assert (again["status"], again["updated_at"], again["last_synced_at"]) == ("active", iso(NOW), iso(NOW))
    assert (again["tenant_id"], again["social_network_id"]) == ("tenant_42", NETWORK)
    assert (again["username"], again["scopes"]) == ("acmestore", list(PLATFORMS["facebook"].scopes))
    assert new["id"] == "new-1"
    assert [change.events for change in changes] == [CONNECTED, CONNECTED]


def test_existing_account_can_be_refused_by_choice() -> None:
    refusing = Choices(finalize_standing_account="refused")
    with pytest.raises(Problem) as caught:
        finalize([SUPPORT, STOREFRONT], refusing, standing=earlier())
    assert caught.value.status == 409
    assert len(finalize([SUPPORT], refusing, standing=earlier())) == 1


def test_page_of_a_deleted_account_gets_a_new_id_by_default() -> None:
    [change] = finalize([STOREFRONT], deleted=earlier(status="disabled"))
    assert change.account["id"] == "new-1"
    [change] = finalize([STOREFRONT], Choices(finalize_deleted_account="same-id"), deleted=earlier(status="disabled"))
    assert (change.account["id"], change.account["status"]) == ("old", "active")


def test_existing_account_takes_precedence_over_a_deleted_one() -> None:
    choices = Choices(finalize_deleted_account="same-id")
    [change] = finalize([STOREFRONT], choices, standing=earlier(id="standing"), deleted=earlier())
    assert change.account["id"] == "standing"


def test_deleted_account_is_not_an_existing_one() -> None:
    choices = Choices(finalize_deleted_account="same-id", finalize_standing_account="refused")
    assert finalize([STOREFRONT], choices, deleted=earlier())[0].account["id"] == "old"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_token_has_the_lifetime_of_the_platform(platform: str) -> None:
    lifetime = PLATFORMS[platform].token_lifetime
    session: Session = {**SESSION, "network": platform}
    account = connect.connect(session, STOREFRONT, id="new", network_id=NETWORK, now=NOW).account
    assert account["token_expires_at"] == (None if lifetime is None else iso(NOW + lifetime * 1000))


def test_selected_pages_are_connected_in_the_order_of_selection() -> None:
    assert connect.select(SESSION, [SUPPORT["id"], STOREFRONT["id"]], DEFAULT) == [SUPPORT, STOREFRONT]
    assert connect.select(SESSION, [SUPPORT["id"]], DEFAULT) == [SUPPORT]


def test_duplicate_page_is_connected_once() -> None:
    ids = [SUPPORT["id"], STOREFRONT["id"], SUPPORT["id"]]
    assert connect.select(SESSION, ids, DEFAULT) == [SUPPORT, STOREFRONT]


def test_duplicate_page_can_be_refused_by_choice() -> None:
    ids = [SUPPORT["id"], STOREFRONT["id"], SUPPORT["id"]]
    with pytest.raises(Problem) as caught:
        connect.select(SESSION, ids, Choices(finalize_duplicate_page="refused"))
    assert (caught.value.status, caught.value.code) == (400, "validation_failed")
    assert caught.value.errors == [{"in": "body", "pointer": "/selectedPageIds/2", "message": "must be named once"}]
    assert connect.select(SESSION, ids[:2], Choices(finalize_duplicate_page="refused")) == [SUPPORT, STOREFRONT]


@pytest.mark.parametrize("status", ["422", "400", "404"])
def test_all_pages_that_the_session_does_not_offer_are_reported(status: Any) -> None:
    with pytest.raises(Problem) as caught:
        connect.select(SESSION, ["999", SUPPORT["id"], "888"], Choices(finalize_unknown_page=status))
    assert caught.value.status == int(status)
    assert caught.value.detail == "This session does not offer the pages 999, 888."
    message = "must be a page that the session offers"
    assert caught.value.errors == (
        None
        if status == "404"
        else [{"in": "body", "pointer": f"/selectedPageIds/{at}", "message": message} for at in (0, 2)]
    )


@pytest.mark.parametrize(
    ("choice", "username", "name", "nickname"),
    [
        ("username", "acmestore", "Acme Storefront", "acmestore"),
        ("username", None, "Acme Storefront", "Acme Storefront"),
        ("name", "acmestore", "Acme Storefront", "Acme Storefront"),
        ("name", "acmestore", None, "acmestore"),
        ("name", None, None, None),
    ],
)
def test_nickname_follows_the_choice(choice: Any, username: str, name: str, nickname: str | None) -> None:
    [account] = earlier(username=username, display_name=name, account_type="page").values()
    assert list(connect.to_dict(account, Choices(finalize_nickname=choice)).items()) == [
        ("id", "old"),
        ("nickname", nickname),
        ("username", username),
        ("network", "facebook"),
        ("accountType", "page"),
    ]
