"""A world on the server and its model, which says what each answer must be."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final, Literal, NamedTuple

from tests.mockserver.model.organization import REACHABLE, Key, ModelAccount, Organization
from tests.soak.model_faults import ModelFault, ModelFaults
from tests.support.keep_alive import Answer

from postfuze_fixtures.timestamps import iso, parse_iso

#: Where the clocks of all worlds stand still at first.
START: Final = "2026-06-14T12:10:00.000Z"
UNKNOWN_ID: Final = "ffffffff-0000-4a9f-9b1c-2e7d6f0a1234"
#: The operation of calls that have none: an unknown path, a wrong method.
UNROUTED: Final = ""

#: A status (0: the connection is dropped), and the value of the body: None for any; a function to check, and to learn
#: from, one that is not known in advance.
Expected = tuple[int, Any]


class Violation(Exception):
    """An answer or a state that is not the model's. The message says which, and what it should be."""


@dataclass(slots=True)
class Call:
    """A request of one world, and what `expect` says of its answer when it comes; `expect` also does to the model what
    the call does to the world.

    `operation` is the operationId of a call of the API, and None for the control API. Calls that are not `counted` are
    refused before a fault sees them; those that are not `recorded` are in the journal of no world or of another. `ends`
    says whether the client breaks the connection off, before or after it has read the answer.
    """

    request: bytes
    expect: Callable[[], Expected]
    operation: str | None = None
    counted: bool = True
    recorded: bool = True
    ends: Literal["", "before", "after"] = ""

    def __str__(self) -> str:
        head, _, body = self.request.partition(b"\r\n\r\n")
        line = head.partition(b" HTTP/1.1")[0]
        return b" ".join((line, body[:300])).decode(errors="replace").strip()


@dataclass
class Walk:
    """A walk through the pages of a list: where the next page begins."""

    filters: dict[str, str]
    limit: int
    cursor: str
    after: Key


class Saved(NamedTuple):
    """A saved state, and what the model had when it was saved, by attribute."""

    document: Any
    model: dict[str, Any]


@dataclass
class ModelWorld:
    """The model of the world `name`; `receiver` is the URL below which its webhooks are.

    `first` are its accounts after a reset, as a saved state has them. `journal` has operations and statuses; it is None
    while the client cannot know what is in it. `subscribed_from` counts the events before `webhook` was set. Once a
    state was `restored`, the webhook may also have got events that the world no longer has.
    """

    name: str
    random: Random
    receiver: str
    first: list[dict[str, Any]] = field(default_factory=list)
    networks: dict[str, str] = field(default_factory=dict)
    organization: Organization = field(default_factory=lambda: Organization(0))
    faults: ModelFaults = field(default_factory=ModelFaults)
    journal: deque[tuple[str, int | None]] | None = None
    journal_settings: dict[str, Any] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    walk: Walk | None = None
    webhook: str = ""
    subscribed_from: int = 0
    webhooks: int = 0
    guests: int = 0
    restored: bool = False
    saved: Saved | None = None
    calls: int = 0

    def learn(self, state: Mapping[str, Any]) -> None:
        """Take the first data of the world from its saved state."""
        self.first = state["accounts"]
        accounts = (each["account"] for each in self.first)
        self.networks = {account["platform"]: account["social_network_id"] for account in accounts}
        self.reset()

    def reset(self) -> None:
        """The world as it was at first."""
        self.organization = Organization(parse_iso(START), {each["account"]["id"]: _model(each) for each in self.first})
        self.faults = ModelFaults()
        self.journal, self.journal_settings = deque(), {"bodies": True, "size": 1000}
        self.used, self.walk, self.webhook, self.subscribed_from, self.restored = [], None, "", 0, False

    def save(self, document: Any) -> None:
        """Keep the saved state, and the model beside it, so that both can be restored."""
        self.saved = Saved(document, self._copy())

    def restore(self, saved: Saved) -> None:
        """The world as it was saved. Its journal is empty, and its used tokens belong to nobody."""
        for name, value in saved.model.items():
            setattr(self, name, value)
        self.saved = Saved(saved.document, self._copy())
        self.journal, self.used, self.walk, self.restored = deque(), [], None, True

    def _copy(self) -> dict[str, Any]:
        """What a restored state brings back. Fields of accounts are replaced, never changed, so they are shared."""
        organization = self.organization
        accounts = {
            id: replace(model, behaviour=dict(model.behaviour), snapshots=dict(model.snapshots))
            for id, model in organization.accounts.items()
        }
        return {
            "organization": Organization(
                organization.now, accounts, dict(organization.offers), list(organization.events)
            ),
            "faults": ModelFaults([replace(fault) for fault in self.faults.faults]),
            "journal_settings": self.journal_settings,
            "webhook": self.webhook,
            "subscribed_from": self.subscribed_from,
        }

    def some_id(self) -> str:
        """The id of an account, mostly of one that exists; else of a deleted or unknown one."""
        if not self.organization.accounts or self.random.random() < 0.03:
            return UNKNOWN_ID
        return self.random.choice(list(self.organization.accounts))

    def empty_journal(self) -> None:
        """Nothing is in the journal."""
        self.journal = deque()

    def change_journal(self, settings: dict[str, Any]) -> None:
        """Change its settings; the oldest calls go if there are too many."""
        self.journal_settings = settings
        while self.journal and len(self.journal) > settings["size"]:
            self.journal.popleft()

    def settle(self, call: Call, answer: Answer) -> None:
        """Compare the answer with the model, and do to the model what the call did. Raises Violation."""
        if call.ends == "before":  # nobody knows whether it took place, so it is one that changes only the journal
            self.journal = None
            return
        fault = self.faults.hit(call.operation) if call.operation and call.counted else None
        status, body = self._expected(call, fault)
        if answer.status != status:
            raise Violation(f"the status is {answer.status}, not {status}: {answer.body[:300]!r}")
        if status >= 400 and (answer.media_type != "application/problem+json" or answer.json["status"] != status):
            raise Violation(f"no problem document: {answer.body[:300]!r}")
        if callable(body):
            body(answer.json)
        elif body is not None and answer.json != body:
            raise Violation(f"the body is {answer.body[:2000]!r}, not {str(body)[:2000]}")
        self._record(call, answer)

    def _expected(self, call: Call, fault: ModelFault | None) -> Expected:
        effect = {} if fault is None else fault.effect
        if not effect.get("processed", "status" not in effect):
            return effect.get("status", 0), None
        status, body = call.expect()
        if fault is not None and "corrupt" in effect:
            return status, self.faults.cut(fault, status, body)
        if "drop" in effect:
            return 0, None
        return effect.get("status", status), None if "status" in effect else body

    def _record(self, call: Call, answer: Answer) -> None:
        if call.operation is None or not call.recorded or self.journal is None:
            return
        self.journal.append((call.operation, answer.status or None))
        self.change_journal(self.journal_settings)

    def check_state(self, state: Mapping[str, Any]) -> None:
        """Compare the saved state of the world with the model. Raises Violation."""
        organization = self.organization
        same("clock", state["clock"], {"now": iso(organization.now), "frozen": True})
        accounts = {each["account"]["id"]: each for each in state["accounts"]}
        same("ids of accounts", set(accounts), set(organization.accounts))
        for id, model in organization.accounts.items():
            same(f"account {id}", accounts[id]["account"], model.fields)
            same(f"account {id}, deleted", accounts[id]["deleted"], model.deleted)
        sessions = {each["session_token"]: each["pages"] for each in state["sessions"]}
        same("sessions", sessions, {token: offer.pages for token, offer in organization.offers.items()})
        events = [(event["event"], event["data"]["id"]) for event in state["events"]]
        same("events", events, organization.events[-1000:])
        same("journal", state["journal"], self.journal_settings)
        same("webhooks", [each["url"] for each in state["webhooks"]], [self.webhook] if self.webhook else [])
        faults = [(each["id"], each["calls"], each["hits"], each["missed"]) for each in state["faults"]]
        same("faults", faults, [(each.id, each.calls, each.hits, each.missed) for each in self.faults.faults])


def same(what: str, actual: object, expected: object) -> None:
    """Raises Violation if the server's `actual` value is not the model's."""
    if actual != expected:
        raise Violation(f"{what}: the server has {str(actual)[:1500]}, the model {str(expected)[:1500]}")


def _model(saved: Mapping[str, Any]) -> ModelAccount:
    """The model of a saved account."""
    hidden = saved["hidden"]
    behaviour = {name: value for name, value in hidden.get("behaviour", {}).items() if name in REACHABLE}
    return ModelAccount(
        saved["account"],
        {**REACHABLE, **behaviour},
        daily_from=hidden.get("collected_from"),
        revocation_found=hidden.get("grant_revoked", False),
    )
