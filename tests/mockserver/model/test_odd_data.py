"""Data that levers take and that is no everyday's must still give answers that keep the contract."""

from __future__ import annotations

import pytest
from tests.e2e.calls import Caller
from tests.e2e.mock_process import MockProcess

ODD_IDS = ["10 4/5", "名前", "50%", "a#b?c", '"<>\\^`{|}', "..", "%zz"]


@pytest.fixture
def caller(validating: MockProcess) -> Caller:
    validating.mock("odd").reset(world={"generate": 0, "clock": "2026-06-14T12:10:00.000Z,frozen"})
    return validating.caller("sk_live_odd")


@pytest.mark.parametrize("id", ODD_IDS)
def test_account_of_an_odd_id_has_an_avatar_all_the_same(caller: Caller, id: str) -> None:
    made = caller.call("POST", "/_mock/accounts", {"platform": "facebook", "network_unique_id": id})

    assert made.status == 201, made.body
    assert caller.get("/social-accounts", network_unique_id=id).json["data"] == [made.json]


@pytest.mark.parametrize("id", ODD_IDS)
def test_page_of_an_odd_id_can_be_connected(caller: Caller, id: str) -> None:
    session = caller.call("POST", "/_mock/sessions", {"network": "facebook", "pages": [{"id": id}, {"id": "1"}]})
    assert session.status == 201, session.body
    pending = f"/api/v1/social-accounts/pending/{session.json['session_token']}"

    assert caller.call("GET", pending).json["availablePages"] == session.json["pages"]
    assert caller.call("POST", f"{pending}/finalize", {"selectedPageIds": [id]}).status == 200


@pytest.mark.usefixtures("caller")
def test_account_is_never_changed_before_it_was_made(validating: MockProcess) -> None:
    mock = validating.mock("odd")
    made = mock.create_account(platform="x")
    mock.put_clock(now="2026-06-01T00:00:00.000Z")
    changed = mock.patch_account(made["id"], tenant_id="tenant_1")

    assert changed["updated_at"] >= changed["created_at"]
