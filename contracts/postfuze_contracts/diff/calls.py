"""The calls that `diff` makes to both deployments: they read, or must be refused."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model.operations import (
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

_DAY = 86_400  # seconds

CALLS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "health of the service": (SERVICE_HEALTH, {"key": None}),
    "list": (LIST, {}),
    "list, limit 0": (LIST, {"query": {"limit": "0"}}),
    "list, limit 101": (LIST, {"query": {"limit": "101"}}),
    "list, limit not a number": (LIST, {"query": {"limit": "many"}}),
    "list, limit twice": (LIST, {"query": (("limit", "1"), ("limit", "2"))}),
    "list, malformed cursor": (LIST, {"query": {"cursor": "no-cursor"}}),
    "list, unknown id": (LIST, {"query": {"id": MISSING_ID}}),
    "list, id not a UUID": (LIST, {"query": {"id": "no-uuid"}}),
    "list, unknown platform": (LIST, {"query": {"platform": "myspace"}}),
    "list, unknown parameter": (LIST, {"query": {"colour": "red"}}),
    "list, no key": (LIST, {"key": None}),
    "list, malformed key": (LIST, {"authorization": "Bearer no-key"}),
    "get, unknown id": (GET, {"path": {"id": MISSING_ID}}),
    "get, id not a UUID": (GET, {"path": {"id": "no-uuid"}}),
    "metrics, unknown id": (METRICS, {"path": {"id": MISSING_ID}}),
    "account's health, unknown id": (HEALTH, {"path": {"id": MISSING_ID}}),
    "delete, unknown id": (DELETE, {"path": {"id": MISSING_ID}}),
    "pending pages, unknown session": (PENDING, {"path": {"sessionToken": MISSING_SESSION}, "key": None}),
    "finalize, unknown session": (
        FINALIZE,
        {"path": {"sessionToken": MISSING_SESSION}, "body": {"selectedPageIds": ["1"]}, "key": None},
    ),
}


def account_calls(account: Account) -> dict[str, tuple[str, dict[str, Any]]]:
    """Calls about one account. The window of its metrics is the last thirty days."""
    path = {"id": str(account["id"])}
    now = int(time.time())
    since, until = str(now - 30 * _DAY), str(now)
    filters = {
        f"list, its {name}": (LIST, {"query": {name: str(account[name])}})
        for name in ("id", "tenant_id", "platform", "username", "network_unique_id")
        if account.get(name) is not None
    }
    return filters | {
        "list, limit 1": (LIST, {"query": {"limit": "1"}}),
        "get": (GET, {"path": path}),
        "get, no key": (GET, {"path": path, "key": None}),
        "metrics": (METRICS, {"path": path}),
        "metrics, a window": (METRICS, {"path": path, "query": {"since": since, "until": until}}),
        "metrics, since alone": (METRICS, {"path": path, "query": {"since": since}}),
        "metrics, since after until": (METRICS, {"path": path, "query": {"since": until, "until": since}}),
        "metrics, since not a time": (METRICS, {"path": path, "query": {"since": "yesterday"}}),
    }
