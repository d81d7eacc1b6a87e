"""Rules for accounts: listing, retrieving, disconnecting, creating, changing."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.mockserver.model import values
from tests.mockserver.model.inspection import first_daily
from tests.mockserver.model.machine import Machine
from tests.mockserver.model.organization import REACHABLE, ModelAccount

from postfuze_fixtures.timestamps import iso

NOT_FOUND = 404
READ_ONLY = "sk_live_model_readonly"


class AccountRules(Machine):
    """Rules for accounts."""

    @rule(fields=values.accounts, daily=st.sampled_from([0, 0, 1, 3]))
    def make_account(self, fields: dict[str, Any], daily: int) -> None:
        behaviour = {**fields.get("behaviour", {}), **({"snapshots": daily} if daily else {})}
        body = {**fields, **({"behaviour": behaviour} if behaviour else {})}
        response = self.caller.call("POST", "/_mock/accounts", body)
        if fields.get("id") in self.organization.accounts:
            assert response.status == 409
            return
        assert response.status == 201
        account = response.json
        assert account["id"] not in self.organization.accounts
        public = {name: value for name, value in fields.items() if name != "behaviour"}
        assert public.items() <= account.items()
        assert account["updated_at"] >= account["created_at"]
        self.organization.accounts[account["id"]] = ModelAccount(
            account, {**REACHABLE, **fields.get("behaviour", {})}, daily_from=first_daily(self.organization.now, daily)
        )

    @precondition(lambda self: self.organization.find({}))
    @rule(data=st.data(), fields=values.changes)
    def change_account(self, data: st.DataObject, fields: dict[str, Any]) -> None:
        id = self.some_id(data)
        response = self.caller.call("PATCH", f"/_mock/accounts/{id}", fields)
        model = self.organization.account(id)
        if model is None:
            assert response.status == NOT_FOUND
            return
        self.organization.patch(id, fields)
        assert (response.status, response.json) == (200, model.fields)

    @rule(filters=values.filters, limit=st.sampled_from([None, 1, 2, 25, 100]), key=values.keys, other=st.booleans())
    def list_accounts(self, filters: dict[str, str], limit: int | None, key: str, other: bool) -> None:
        expected, more = self.organization.page(filters, None, limit or 25)
        parameters = in_other_words(filters) if other else filters
        response = self.caller.get("/social-accounts", key, limit=limit, **parameters)
        assert (response.status, response.json["data"]) == (200, expected)
        assert (response.json["next_cursor"] is not None) is more

    @rule(data=st.data(), key=values.keys, upper=st.booleans())
    def get_account(self, data: st.DataObject, key: str, upper: bool) -> None:
        id = self.some_id(data)
        response = self.caller.get(f"/social-accounts/{id.upper() if upper else id}", key)
        model = self.organization.account(id)
        if model is None:
            assert response.status == NOT_FOUND
        else:
            assert (response.status, response.json) == (200, model.fields)

    @rule(data=st.data())
    def delete_account(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        response = self.caller.call("DELETE", f"/api/v1/social-accounts/{id}")
        if self.organization.account(id) is None:
            assert response.status == NOT_FOUND
        else:
            assert (response.status, response.json) == (200, {"id": id, "deleted": True})
            self.organization.delete(id)

    @rule(data=st.data())
    def delete_without_the_scope(self, data: st.DataObject) -> None:
        response = self.caller.call("DELETE", f"/api/v1/social-accounts/{self.some_id(data)}", key=READ_ONLY)
        assert response.status == 403

    @rule(data=st.data(), way=st.sampled_from([("GET", ""), ("GET", "/metrics"), ("GET", "/health"), ("DELETE", "")]))
    def neighbour_meddles(self, data: st.DataObject, way: tuple[str, str]) -> None:
        method, suffix = way
        response = self.neighbour.call(method, f"/api/v1/social-accounts/{self.some_id(data)}{suffix}")
        assert response.status == NOT_FOUND
        assert self.neighbour.get("/social-accounts").json == {"data": [], "next_cursor": None}

    @rule(filters=values.filters)
    def cursor_is_tampered_with(self, filters: dict[str, str]) -> None:
        cursor = self.caller.get("/social-accounts", limit=1).json["next_cursor"] or "e30.c2lnbmVk"
        for broken in (cursor[:-1], f"x{cursor}", cursor.partition(".")[0], cursor.swapcase(), f"{cursor}=", "", "."):
            response = self.caller.get("/social-accounts", cursor=broken, **filters)
            assert (response.status, response.json["detail"]) == (400, "Invalid cursor")

    @rule()
    def service_is_healthy(self) -> None:
        assert self.caller.get("/health").json.items() >= {"ok": True, "service": "PostFuze"}.items()
        assert self.mock.get_clock() == {"now": iso(self.organization.now), "frozen": True}


def in_other_words(filters: dict[str, str]) -> dict[str, str]:
    """The same filters: an id in upper case, and the other spelling of `network_unique_id`."""
    spelt = {"networkUniqueId" if name == "network_unique_id" else name: value for name, value in filters.items()}
    return {name: value.upper() if name == "id" else value for name, value in spelt.items()}
