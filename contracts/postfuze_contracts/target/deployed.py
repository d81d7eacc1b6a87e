"""Finds out which operations a target does not have at all.

`GET /health` and `createAuthUrl` come from the pages around the documentation of social accounts, so a faithful target
may lack them: then each answers like a path that surely does not exist. The other operations are documented, so only
firm evidence counts: a refused method, or existing accounts that are answered like an unknown path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.operations import (
    CREATE_AUTH_URL,
    DELETE,
    FINALIZE,
    GET,
    HEALTH,
    LIST,
    METRICS,
    MISSING_ID,
    MISSING_SESSION,
    PENDING,
    SERVICE_HEALTH,
)
from postfuze_mock import spec

#: The operations of the pages around, which a faithful target may lack.
AROUND: Final = (SERVICE_HEALTH, CREATE_AUTH_URL)
#: The statement that a target breaks by lacking a documented operation.
MAIN: Final = {
    LIST: "list.envelope",
    GET: "get.by-id",
    DELETE: "delete.acknowledged",
    METRICS: "metrics.value-fields",
    HEALTH: "health.fields",
    PENDING: "connect.pages-fields",
    FINALIZE: "connect.finalize-fields",
}
#: The statement that a target breaks if it answers an operation with something else than HTTP.
ANSWERED: Final = MAIN | {SERVICE_HEALTH: "service.health", CREATE_AUTH_URL: "auth-url.url"}
UNKNOWN_PATH: Final = "/no-such-path-00000000c0de"
_REFUSED_METHOD: Final = (405, 501)
_ACCOUNTS: Final = 5  # existing accounts that must all be answered like an unknown path
_PLATFORMS: Final[tuple[str, ...]] = tuple(spec.load()["components"]["schemas"]["Platform"].get("enum", ("x",)))
_CHANGING: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d{5,}|\d\d:\d\d:\d\d(\.\d+)?")


class NotDeployed(Exception):
    """The target does not have an operation that was to be called. `evidence` is a response that shows it."""

    def __init__(self, operation: str, evidence: Exchange) -> None:
        self.need, self.evidence = _need(operation), evidence
        super().__init__(self.need.what)


class Ways(NamedTuple):
    """How to ask: `call(operation, path, key)`, `nowhere(method, key)` for an unknown path, `allows(operation, id)`."""

    call: Callable[[str, dict[str, str], str | None], Exchange]
    nowhere: Callable[[str, str | None], Exchange]
    allows: Callable[[str, str], bool]


class Deployed:
    """What a target has. Each operation is asked for once, when it is first of interest."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._evidence: dict[str, Exchange | None] = {}

    def knows(self, operation: str) -> bool:
        """Whether this operation was asked for."""
        return operation in self._evidence

    def evidence(self, operation: str) -> Exchange | None:
        """A response that shows that the target does not have this operation, or None if it has it. Asked twice,
        because a deployment that is just being replaced may answer anything."""
        if operation not in self._evidence:
            self._evidence[operation] = None  # until it is known, because the question calls the operation itself
            first = self._absence(operation)
            self._evidence[operation] = None if first is None else self._absence(operation)
        return self._evidence[operation]

    def missing(self) -> dict[str, Exchange]:
        """The operations that the target does not have, as far as they were asked for."""
        return {operation: evidence for operation, evidence in self._evidence.items() if evidence is not None}

    def _absence(self, operation: str) -> Exchange | None:
        match operation:
            case "getServiceHealth":
                return self._absence_of_health()
            case "createAuthUrl":
                return self._absence_for_all([(operation, {"platform": name}) for name in _PLATFORMS])
            case "listSocialAccounts":
                return self._absence_for_all([(operation, {})])
            case "getSocialAccount" | "getSocialAccountMetrics" | "getSocialAccountHealth":
                ids = [id for id in self._accounts() if self._ways.allows(operation, id)]
                if ids:
                    return self._absence_for_all([(operation, {"id": id}) for id in ids])
        return self._refused_method(operation)

    def _absence_for_all(self, calls: list[tuple[str, dict[str, str]]]) -> Exchange | None:
        """The last response if each call is answered like an unknown path."""
        exchange = None
        for operation, path in calls:
            exchange = self._ways.call(operation, path, "full")
            if exchange.status in _REFUSED_METHOD and operation not in AROUND:
                return exchange
            if not self._is_like_nowhere(exchange, "full"):
                return None
        return exchange

    def _absence_of_health(self) -> Exchange | None:
        """The response of `/health` if it is that of an unknown path, also with a key where that needs one."""
        for key in (None, "full"):
            exchange = self._ways.call(SERVICE_HEALTH, {}, key)
            if self._is_like_nowhere(exchange, key):
                return exchange
            if exchange.status not in (401, 403):
                return None
        return None

    def _refused_method(self, operation: str) -> Exchange | None:
        path = {"id": MISSING_ID, "sessionToken": MISSING_SESSION}
        names = spec.operations()[operation].path_parameters
        exchange = self._ways.call(operation, {name: path[name] for name in names}, "full")
        return exchange if exchange.status in _REFUSED_METHOD else None

    def _accounts(self) -> Iterator[str]:
        rows = self._ways.call(LIST, {}, "full").objects("data")
        yield from [row["id"] for row in rows if isinstance(row.get("id"), str)][:_ACCOUNTS]

    def _is_like_nowhere(self, exchange: Exchange, key: str | None) -> bool:
        """Whether this is the target's response to any unknown path."""
        status = exchange.status
        if not (status in (404, *_REFUSED_METHOD) or 300 <= status < 400 or (status == 200 and exchange.json is None)):
            return False
        return _signature(exchange) == _signature(self._ways.nowhere(exchange.request.method, key))


def _signature(exchange: Exchange) -> tuple[int, str, str]:
    """What does not depend on the path or the moment of a request: status, media type, and the rest of the body."""
    text = exchange.response.body.decode("utf-8", "replace")
    for name in (exchange.request.target, exchange.request.path):
        text = text.replace(name, "PATH")
    return exchange.status, exchange.response.media_type, _CHANGING.sub("#", text)


def _need(operation: str) -> Need:
    definition = spec.operations()[operation]
    call = f"{definition.method} {definition.path}"
    how = "deploy it, or leave it: a target may do without" if operation in AROUND else f"see {MAIN[operation]}"
    return Need(f"operation.{operation}", f"not deployed: {operation} ({call})", how)
