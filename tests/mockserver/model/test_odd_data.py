"""Unusual data that the control API accepts: responses still follow the contract."""

from __future__ import annotations

import pytest
from tests.support.calls import Caller
from tests.support.processes import MockProcess

ODD_IDS = ["10 4/5", "名前", "50%", "a#b?c", '"<>\\^`{|}', "..", "%zz"]


@pytest.fixture
def caller(validating: MockProcess) -> Caller:
    validating.client("odd").reset(world={"generate": 0, "clock": "2026-06-14T12:10:00.000Z,frozen"})
    return validating.caller("sk_live_odd")


@pytest.mark.parametrize("id", ODD_IDS)
def test_account_with_an_odd_id_has_an_avatar(caller: Caller, id: str) -> None:
    account = caller.call("POST", "/_mock/accounts", {"platform": "facebook", "network_unique_id": id})

    assert account.status == 201, account.body
    assert caller.get("/social-accounts", network_unique_id=id).json["data"] == [account.json]


@pytest.mark.parametrize("id", ODD_IDS)
def test_page_with_an_odd_id_can_be_connected(caller: Caller, id: str) -> None:
    session = caller.call("POST", "/_mock/sessions", {"network": "facebook", "pages": [{"id": id}, {"id": "1"}]})
    assert session.status == 201, session.body
    pending = f"/api/v1/social-accounts/pending/{session.json['session_token']}"

    assert caller.call("GET", pending).json["availablePages"] == session.json["pages"]
    assert caller.call("POST", f"{pending}/finalize", {"selectedPageIds": [id]}).status == 200


@pytest.mark.usefixtures("caller")
def test_updated_at_is_never_before_created_at(validating: MockProcess) -> None:
    mock = validating.client("odd")
    account = mock.create_account(platform="x")
    mock.put_clock(now="2026-06-01T00:00:00.000Z")
    changed = mock.patch_account(account["id"], tenant_id="tenant_1")

    assert changed["updated_at"] >= changed["created_at"]
