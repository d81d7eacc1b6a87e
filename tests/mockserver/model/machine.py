"""A world on a real server and its model: after each step, both have the same accounts."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.mockserver.model import values
from tests.mockserver.model.organization import (
    ACCOUNT_FIELDS,
    REACHABLE,
    Account,
    Key,
    ModelAccount,
    Offer,
    Organization,
    key_of,
)
from tests.support.calls import Caller

from postfuze_fixtures.timestamps import MINUTE_MS, iso, parse_iso
from postfuze_mock.client import Mock

NEAR: Final = iso(values.START + 10 * MINUTE_MS)  # exactly at the bound: not near yet
ACCOUNTS: Final[list[dict[str, Any]]] = [
    {"id": values.IDS[0], "platform": "x", "username": "acme", "token_expires_at": iso(values.START)},
    {"id": values.IDS[1], "platform": "facebook", "tenant_id": "tenant_1", "network_unique_id": "101"},
    {"id": values.IDS[2], "platform": "x", "token_expires_at": NEAR, "behaviour": {"refresh": "fails"}},
    {"id": values.IDS[3], "platform": "x", "username": "acme", "behaviour": {"platform": "unreachable"}},
    {"id": values.IDS[4], "platform": "google_business", "status": "token_expired"},
]
WORLD: Final = {
    "generate": 0,
    "clock": f"{iso(values.START)},frozen",
    "accounts": ACCOUNTS,
    "sessions": [{"network": "facebook", "pages": 3, "expires_in": None}],
}
STEPS_BETWEEN_RESETS: Final = 15  # more often, and examples would be too short
LARGEST_PAGE: Final = 100


@dataclass
class Walk:
    """A walk through the pages of a list: its position, the rows so far, and the accounts that existed at each page."""

    filters: dict[str, str]
    limit: int
    cursor: str | None = None
    after: Key | None = None
    ids: list[str] = field(default_factory=list)
    throughout: set[str] | None = None


@dataclass
class Savepoint:
    """A state document and the model at the same moment."""

    document: dict[str, Any]
    organization: Organization


class Machine(RuleBasedStateMachine):
    """The base of all rules. The world has a fixed name and is reset for each example, so that a replay generates the
    same ids and tokens. `neighbour` is another organization on the same server. Tests set the attributes in a
    subclass."""

    caller: ClassVar[Caller]
    mock: ClassVar[Mock]
    neighbour: ClassVar[Caller]

    def __init__(self) -> None:
        super().__init__()
        self.mock.reset(world=WORLD)
        self.mock.world("neighbour").reset(world={**WORLD, "accounts": [], "sessions": []})
        self.organization = Organization(values.START)
        accounts = {account["id"]: account for account in self.list_all()}
        for fields in ACCOUNTS:
            behaviour = {**REACHABLE, **fields.get("behaviour", {})}
            self.organization.accounts[fields["id"]] = ModelAccount(accounts.pop(fields["id"]), behaviour)
        assert accounts == {}
        for session in self.mock.list_sessions():
            self.keep_offer(session)
        self.first = deepcopy(self.organization)
        self.savepoints: list[Savepoint] = []
        self.walks: list[Walk] = []
        self.steps_since_reset = 0

    def list_all(self) -> list[Account]:
        """The first page, with the maximum limit."""
        page = self.caller.get("/social-accounts", limit=LARGEST_PAGE).json
        accounts: list[Account] = page["data"]
        return accounts

    def keep_offer(self, session: dict[str, Any]) -> None:
        """Model a session from the control API's response."""
        expires_at = session["expires_at"] and parse_iso(session["expires_at"])
        assert session["session_token"] not in self.organization.offers
        offer = Offer(session["network"], session["tenant_id"], expires_at, session["pages"])
        self.organization.offers[session["session_token"]] = offer

    def some_id(self, data: st.DataObject) -> str:
        """An account id, mostly of an existing account; else deleted or unknown."""
        existing = sorted(account["id"] for account in self.organization.find({}))
        ids = [*existing, *existing, *sorted(self.organization.accounts), values.UNKNOWN_ID]
        id: str = data.draw(st.sampled_from(ids), label="id")
        return id

    @invariant()
    def list_shows_the_accounts_of_the_model(self) -> None:
        self.steps_since_reset += 1
        expected, _ = self.organization.page({}, None, LARGEST_PAGE)
        accounts = self.list_all()
        assert accounts == expected
        assert all(tuple(account) == ACCOUNT_FIELDS for account in accounts)
        assert len({(account["platform"], account["social_network_id"]) for account in accounts}) == len(
            {account["platform"] for account in accounts}
        )

    @rule(seconds=st.sampled_from(values.PASSING))
    def time_passes(self, seconds: float) -> None:
        self.organization.now += round(seconds * 1000)
        clock = self.mock.advance_clock(seconds)
        assert clock == {"now": iso(self.organization.now), "frozen": True}

    @rule(at=st.sampled_from([values.START, values.START + 601_000, values.START + 86_400_000]))
    def clock_is_set(self, at: int) -> None:
        for offer in self.organization.offers.values():
            offer.over |= offer.expires_at is not None and offer.expires_at <= self.organization.now
        self.organization.now = at
        assert self.mock.put_clock(now=iso(at)) == {"now": iso(at), "frozen": True}

    @precondition(lambda self: self.steps_since_reset >= STEPS_BETWEEN_RESETS)
    @rule()
    def reset(self) -> None:
        self.steps_since_reset = 0
        self.mock.reset(keep_world=True)
        self.organization = deepcopy(self.first)

    @rule()
    def save(self) -> None:
        self.savepoints.append(Savepoint(self.mock.get_state(), deepcopy(self.organization)))

    @precondition(lambda self: bool(self.savepoints) and self.steps_since_reset >= STEPS_BETWEEN_RESETS)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        self.steps_since_reset = 0
        savepoint = data.draw(st.sampled_from(self.savepoints), label="savepoint")
        self.mock.put_state(savepoint.document)
        assert self.mock.get_state() == savepoint.document
        self.organization = deepcopy(savepoint.organization)

    @rule(filters=values.filters, limit=st.sampled_from([1, 2, 3]))
    def begin_walk(self, filters: dict[str, str], limit: int) -> None:
        self.walks.append(Walk(filters, limit))

    @precondition(lambda self: self.walks)
    @rule(data=st.data())
    def walk_on(self, data: st.DataObject) -> None:
        walk = data.draw(st.sampled_from(self.walks), label="walk")
        existing = {account["id"] for account in self.organization.find(walk.filters)}
        walk.throughout = existing if walk.throughout is None else walk.throughout & existing
        expected, more = self.organization.page(walk.filters, walk.after, walk.limit)
        response = self.caller.get("/social-accounts", limit=walk.limit, cursor=walk.cursor, **walk.filters)
        assert response.json["data"] == expected
        assert (response.json["next_cursor"] is not None) is more
        walk.ids += [account["id"] for account in expected]
        if more:
            walk.cursor, walk.after = response.json["next_cursor"], key_of(expected[-1])
            return
        self.walks.remove(walk)
        assert walk.throughout <= set(walk.ids)

    def teardown(self) -> None:
        state = self.mock.get_state()
        assert [(event["event"], event["data"]["id"]) for event in state["events"]] == self.organization.events
        assert {record["account"]["id"]: record["deleted"] for record in state["accounts"]} == {
            id: model.deleted for id, model in self.organization.accounts.items()
        }
        assert all(saved["account"]["status"] == "disabled" for saved in state["accounts"] if saved["deleted"])
