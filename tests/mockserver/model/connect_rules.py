"""Rules for sessions: creating, listing pages, finalizing once."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.mockserver.model import values
from tests.mockserver.model.machine import Machine
from tests.mockserver.model.organization import Offer, Organization

from postfuze_fixtures.timestamps import MINUTE_MS, SECOND_MS, iso

LIFETIME = 15 * MINUTE_MS
PENDING = "/social-accounts/pending"
UNKNOWN = "there-is-none"


def askable(organization: Organization) -> dict[str, Offer]:
    return {token: offer for token, offer in organization.offers.items() if not offer.over}


class ConnectRules(Machine):
    """Rules for sessions. No call has a key: the token identifies the organization."""

    def __init__(self) -> None:
        super().__init__()
        self.used: list[str] = []

    @rule(session_fields=values.sessions)
    def mint_session(self, session_fields: dict[str, Any]) -> None:
        session = self.mock.create_session(**session_fields)
        lifetime = session_fields["expires_in"] * SECOND_MS if "expires_in" in session_fields else LIFETIME
        assert session["network"] == session_fields["network"]
        assert session["tenant_id"] == session_fields.get("tenant_id")
        assert session["expires_at"] == iso(self.organization.now + lifetime)
        if isinstance(session_fields["pages"], int):
            assert len({page["id"] for page in session["pages"]}) == session_fields["pages"]
        else:
            assert session["pages"] == session_fields["pages"]
        self.keep_offer(session)

    @precondition(lambda self: bool(askable(self.organization)))
    @rule(data=st.data())
    def look_at_pages(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(sorted(askable(self.organization))), label="token")
        response = self.neighbour.call("GET", f"/api/v1{PENDING}/{token}", key="sk_none")
        offer = self.organization.offer(token)
        if offer is None:
            assert response.status == 404
        else:
            assert response.status == 200
            assert response.json == {"network": offer.network, "availablePages": offer.pages}

    @precondition(lambda self: bool(askable(self.organization)))
    @rule(data=st.data())
    def finalize(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(sorted(askable(self.organization))), label="token")
        ids = [page["id"] for page in self.organization.offers[token].pages]
        self._finalize(token, data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=5), label="pages"))

    @precondition(lambda self: bool(askable(self.organization)))
    @rule(data=st.data(), place=st.integers(0, 2))
    def finalize_with_an_unknown_page(self, data: st.DataObject, place: int) -> None:
        token = data.draw(st.sampled_from(sorted(askable(self.organization))), label="token")
        ids = [page["id"] for page in self.organization.offers[token].pages]
        self._finalize(token, [*ids[:place], "999", *ids[place:]])

    @precondition(lambda self: bool(askable(self.organization)))
    @rule(data=st.data(), body=st.sampled_from([{"selectedPageIds": []}, {}, {"selectedPageIds": [1]}, [], None]))
    def finalize_with_a_bad_body(self, data: st.DataObject, body: Any) -> None:
        token = data.draw(st.sampled_from([*sorted(askable(self.organization)), UNKNOWN]), label="token")
        response = self.neighbour.call("POST", f"/api/v1{PENDING}/{token}/finalize", body)
        assert response.status == 400
        assert response.json["errors"] != []

    @precondition(lambda self: self.used)
    @rule(data=st.data())
    def finalize_again(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(self.used), label="token")
        if token not in self.organization.offers:  # a reset or restore brings a used session back
            assert self.neighbour.call("GET", f"/api/v1{PENDING}/{token}").status == 404
            self._finalize(token, ["101"])

    def _finalize(self, token: str, page_ids: list[str]) -> None:
        response = self.neighbour.call("POST", f"/api/v1{PENDING}/{token}/finalize", {"selectedPageIds": page_ids})
        offer = self.organization.offer(token)
        if offer is None:
            assert response.status == 404
        elif not {page["id"] for page in offer.pages}.issuperset(page_ids):
            assert response.status == 422
        else:
            assert response.status == 200
            self.used.append(token)
            self._connect(token, page_ids, response.json["connectedAccounts"])

    def _connect(self, token: str, page_ids: list[str], connected: list[dict[str, Any]]) -> None:
        self.organization.finalize(token, page_ids, connected)
        for account in connected:
            model = self.organization.accounts[account["id"]]
            response = self.caller.get(f"/social-accounts/{account['id']}").json
            # The documents do not say which app a page was connected through; all accounts must agree.
            model.fields = {name: model.fields.get(name, response["social_network_id"]) for name in response}
            assert response == model.fields
