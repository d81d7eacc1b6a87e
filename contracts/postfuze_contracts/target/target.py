"""The deployment under test: calls its operations by id, as far as the guard allows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import fields
from typing import Any
from urllib.parse import quote
from weakref import ref

from postfuze_contracts.model.events import Changed
from postfuze_contracts.model.exchange import Exchange, Request, variable_of
from postfuze_contracts.model.operations import DELETE, FINALIZE, GET, LIST, NO_OPERATION, PENDING, SERVICE_HEALTH
from postfuze_contracts.model.options import Access, Keys, Options, Secret
from postfuze_contracts.target.client import Client, Unreachable
from postfuze_contracts.target.deployed import AROUND, UNKNOWN_PATH, Deployed, NotDeployed, Ways
from postfuze_contracts.target.guard import OUTSIDE, Guard, NotAllowed
from postfuze_contracts.target.ledger import Before, Ledger
from postfuze_contracts.target.strangers import Strangers
from postfuze_mock import spec

_PAGES = 2  # the least that a session offers
_MAX_URL = 60_000  # characters of a path with its query; the client sends no longer ones
_SHOWN = 100  # characters of a path that is too long


class Unsendable(Unreachable):
    """A call with what the target said cannot be sent."""


class Target:
    """The deployment under test. `ledger` records what the run changed there."""

    def __init__(self, options: Options, client: Client) -> None:
        self.options = options
        self.client = client
        self.ledger = Ledger()
        self.strangers = Strangers(
            lambda: self.call(LIST, query={"limit": "100"}, key="other_organization"),
            lambda id: self.call(GET, path={"id": id}, key="other_organization"),
        )
        self._watching = False  # whether the next deletion is the first
        self.stale_sessions = 0  # sessions in a row that got 404
        self.used_sessions: dict[str, Exchange] = {}  # by token, the exchange that finalized it
        self.offered: set[str] = set()  # ids and usernames of pages that sessions offered
        self.late_lists: list[bool] = []  # of each list that was to show a change: whether it took time
        self._answers: list[ref[Exchange]] = []
        self._before: Before | None = None
        self._own_sessions: set[str] = set()
        self._unused: list[Secret] = []
        self._pages: dict[str, int] = {}  # by session: how many pages it offers
        self._operations = spec.operations()
        self._guard = Guard(options, self._owns)
        self._deployed = Deployed(Ways(self._ask, self._nowhere, lambda operation, id: self.allows(operation, id=id)))

    def own(self, *, account: str | None = None, session: str | None = None) -> None:
        """Allow this run to delete `account`, or to finalize `session`."""
        self.ledger.own |= {account.lower()} if account else set()
        self._own_sessions |= {session} if session else set()

    def _owns(self, parameter: str, value: str) -> bool:
        """Whether the run may change what a path parameter names."""
        owned = {"id": self.ledger.own, "sessionToken": self._own_sessions}.get(parameter, set())
        return (value.lower() if parameter == "id" else value) in owned

    def allows(self, operation: str, **path: str) -> bool:
        """Whether the run's access allows a call with these path parameters."""
        return self._guard.allows(self._operations[operation], path)

    def writes(self, operation: str) -> bool:
        """Whether an operation is a write, or may be one because its effect is not declared."""
        return self._operations[operation].effect.kind not in ("read", "probe")

    def deployed(self, operation: str) -> bool:
        """Whether the target has this operation at all, asked when it is first of interest. Raises Unreachable,
        BudgetSpent."""
        return self._deployed.evidence(operation) is None

    def missing(self) -> dict[str, Exchange]:
        """The operations that the target does not have, as far as that is known, each with a response that shows it."""
        return self._deployed.missing()

    @property
    def answers(self) -> Iterator[Exchange]:
        """The exchanges so far that something still uses, the latest first."""
        return (each for answer in reversed(self._answers) if (each := answer()) is not None)

    def service_health(self) -> Exchange | None:
        """The response of `GET /health`, or None if the target does not have it."""
        return self.call(SERVICE_HEALTH, key=None) if self.deployed(SERVICE_HEALTH) else None

    def fresh_session(self) -> Secret | None:
        """An unused session token, or None if there are no more. A check that does not use it up must `put_back` it."""
        session = self._unused.pop(0) if self._unused else self.options.sessions.fresh()
        if session is not None:
            self.own(session=session.value)
        return session

    def put_back(self, session: Secret) -> None:
        """Return an unused session, for the next check that needs one."""
        self._unused.append(session)

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | tuple[tuple[str, str], ...] = (),
        body: Any = None,
        raw_body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = "full",
        authorization: str | None = None,
        alias: str | None = None,
        patient: bool = True,
        bearing: bool = True,
    ) -> Exchange:
        """Call an operation of the spec. `key` is the name of a key of the options, or None; `authorization` is a whole
        header in its place, of which reports show only the `alias`, if it has one. `body` is sent as JSON, `raw_body`
        unchanged. `patient` and `bearing` are those of `Client.send`. Raises NotAllowed, NotDeployed, Unreachable,
        BudgetSpent."""
        definition = self._operations[operation]
        values = {name: str(value) for name, value in (path or {}).items()}
        self._guard.require(definition, values)
        if operation in AROUND or self._deployed.knows(operation):
            self._require_deployed(operation)
        content = raw_body if body is None else json.dumps(body).encode()
        all_headers = dict(headers or {})
        if content is not None:
            all_headers.setdefault("Content-Type", "application/json")
        request = Request(
            operation,
            definition.method,
            definition.path.format_map(
                {name: quote(value, safe="", errors="surrogateescape") for name, value in values.items()}
            ),
            tuple(query.items()) if isinstance(query, Mapping) else tuple(query),
            all_headers,
            content,
            _name_of_key(key, authorization, alias),
            None if authorization is None else alias or self._without_keys(authorization),
        )
        if len(request.target) > _MAX_URL:
            text = f"{request.method} {request.path[:_SHOWN]} …, because what it said is too long for a URL"
            raise Unsendable(text)
        if operation == DELETE and self._is_first_deletion(values["id"], key):
            self._watching = True
            self.strangers.look_before()
        if operation == FINALIZE and self._owns("sessionToken", values["sessionToken"]):
            self.client.budget.afford(self._pages.get(values["sessionToken"], _PAGES))
        with self.client.uninterrupted() if self.writes(operation) else nullcontext():
            exchange = self.client.send(request, authorization or self.secret(key), patient=patient, bearing=bearing)
            self._answers.append(ref(exchange))
            self._record(exchange, values)
        if exchange.status in (405, 501):
            self._require_deployed(operation)
        return exchange

    def _is_first_deletion(self, id: str, key: str | None) -> bool:
        """Whether the call disconnects an account for the first time in this run, and strangers can be watched."""
        can_watch = self.options.keys.other_organization is not None and not self.strangers.watched
        return can_watch and key == "full" and id in self.ledger.standing()

    def _require_deployed(self, operation: str) -> None:
        if (evidence := self._deployed.evidence(operation)) is not None:
            raise NotDeployed(operation, evidence)

    def _ask(self, operation: str, path: dict[str, str], key: str | None) -> Exchange:
        body: Any = {} if self._operations[operation].method == "POST" else None
        return self.call(operation, path=path, key=key, body=body)

    def _nowhere(self, method: str, key: str | None) -> Exchange:
        """The response to a path that surely does not exist."""
        body = b"{}" if method == "POST" else None
        headers = {"Content-Type": "application/json"} if body else {}
        return self.client.send(Request(NO_OPERATION, method, UNKNOWN_PATH, (), headers, body, key), self.secret(key))

    def call_outside(self, method: str, path: str) -> Exchange:
        """Call one of the guard's `OUTSIDE` paths, with the full key. Raises NotAllowed, Unreachable, BudgetSpent."""
        if (method, path) not in OUTSIDE:
            raise NotAllowed(f"{method} {path}, which is no operation")
        return self.client.send(Request(NO_OPERATION, method, path, key="full"), self.secret("full"))

    def secret(self, key: str | None) -> Secret | None:
        """The key of this name, or None."""
        if key is None:
            return None
        secret = getattr(self.options.keys, key)
        if secret is None:
            raise NotAllowed(f"there is no key {key}")
        assert isinstance(secret, Secret)
        return secret

    def _without_keys(self, text: str) -> str:
        """`text` with variables in place of keys. Longer keys first, because one key may begin with another."""
        keys = [(each.name, getattr(self.options.keys, each.name)) for each in fields(Keys)]
        variables = [(secret.value, variable_of(name)) for name, secret in keys if secret is not None]
        for value, variable in sorted(variables, key=lambda pair: -len(pair[0])):
            text = text.replace(value, variable)
        return text

    def _record(self, exchange: Exchange, path: Mapping[str, str]) -> None:
        """Record what a call changed, or which pages a session offers."""
        if exchange.status >= 300:
            return
        if exchange.operation == PENDING:
            self._record_pages(exchange, path["sessionToken"])
        elif exchange.operation == DELETE:
            self._record_deleted(path["id"], exchange)
        elif exchange.operation == FINALIZE:
            for id in _strings(exchange.objects("connectedAccounts"), "id"):
                self.used_sessions.setdefault(path["sessionToken"], exchange)
                self._record_connected(id, exchange)

    def _record_pages(self, exchange: Exchange, session: str) -> None:
        """Record the pages that a session offers, and which of them have accounts before any is selected."""
        pages = exchange.objects("availablePages")
        self._pages[session] = len(pages)
        ids = _strings(pages, "id")
        self.offered |= {*ids, *_strings(pages, "username")}
        if self.options.access >= Access.FULL and session in self._own_sessions:
            self._before = self._before or Before(lambda query: self.call(LIST, query=query))
            self._before.look(ids)

    def _record_connected(self, id: str, exchange: Exchange) -> None:
        """Record an account that finalizing returned."""
        self.ledger.changes.append(Changed("connected", id, exchange))
        self.client.budget.reserve(len(self.ledger.of("connected")))
        self.claim(id)

    def _record_deleted(self, id: str, exchange: Exchange) -> None:
        """Record that an account was disconnected. To disconnect what is not there may be acknowledged too, and for
        another organization the account is not there."""
        if id in self.ledger.standing() and exchange.request.key != "other_organization":
            self.ledger.changes.append(Changed("deleted", id, exchange))
            if self._watching:
                self._watching = False
                self.strangers.look_after(exchange)

    def claim(self, id: str) -> None:
        """Allow the run to disconnect an account that it connected, unless it existed before."""
        if self._before is None or id.lower() in self.ledger.own | self.ledger.others:
            return
        account = next((exchange for _ in range(3) if (exchange := self.call(GET, path={"id": id})).status < 500), None)
        if account is None:
            return
        if self._before.existed(account):
            self.ledger.others.add(id.lower())
        else:
            self.own(account=id)


def _name_of_key(key: str | None, authorization: str | None, alias: str | None) -> str | None:
    """The name of the key that a request records. `replay` does not send a `derived` key again."""
    if authorization is None:
        return key
    return "literal" if alias is None else "derived"


def _strings(objects: list[dict[str, Any]], name: str) -> list[str]:
    """The strings among the members `name` of pages or accounts."""
    return [each[name] for each in objects if isinstance(each.get(name), str)]
