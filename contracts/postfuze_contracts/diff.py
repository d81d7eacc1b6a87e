"""Makes the same reading calls to two deployments, and compares the responses."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from postfuze_contracts.engine.registry import Check
from postfuze_contracts.engine.survey import Account, rows
from postfuze_contracts.model.exchange import Exchange
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
from postfuze_contracts.model.options import Access, Options
from postfuze_contracts.reports.masking import finished
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.target import Target

Kind = Literal["status", "header", "shape", "nulls", "assumption"]
Exchanges = dict[str, Exchange]  # by the label of the call

_OPAQUE = frozenset({"raw"})  # members whose content comes from the platform
_DAY = 86_400  # seconds


@dataclass(frozen=True)
class Difference:
    """A difference between two deployments in a call or an assumption."""

    kind: Kind
    where: str
    a: str
    b: str


def exchanges(a: Target, b: Target) -> tuple[Exchanges, Exchanges]:
    """The same calls to both. Those about an account use one of each side, of the same platform if possible."""
    accounts_of_a, accounts_of_b = (rows(target.call(LIST, query={"limit": "100"})) for target in (a, b))
    shared = {each.get("platform") for each in accounts_of_a} & {each.get("platform") for each in accounts_of_b}
    return _exchanges(a, _example(accounts_of_a, shared)), _exchanges(b, _example(accounts_of_b, shared))


def _example(accounts: Sequence[Account], platforms: set[Any]) -> Account | None:
    platform = min((str(platform) for platform in platforms), default=None)
    return next((each for each in accounts if platform in (None, str(each.get("platform")))), None)


def _exchanges(target: Target, account: Account | None) -> Exchanges:
    general = {label: target.call(operation, **call) for label, (operation, call) in _CALLS.items()}
    if account is None:
        return general
    own = {label: target.call(operation, **call) for label, (operation, call) in _account_calls(account).items()}
    cursor = own["list, limit 1"].member("next_cursor")
    if isinstance(cursor, str):
        own["list, the next page"] = target.call(LIST, query={"limit": "1", "cursor": cursor})
        own["list, cursor truncated"] = target.call(LIST, query={"cursor": cursor[:-2]})
    return general | own


_CALLS: Mapping[str, tuple[str, dict[str, Any]]] = {
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


def _account_calls(account: Account) -> dict[str, tuple[str, dict[str, Any]]]:
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


def differences(a: Exchanges, b: Exchanges) -> list[Difference]:
    """The differences of responses in status, headers, shape and nulls. Only calls to both sides count."""
    pairs = ((label, a[label], b[label]) for label in a if label in b)
    return list(dict.fromkeys(each for pair in pairs for each in _call_differences(*pair)))


def _call_differences(label: str, a: Exchange, b: Exchange) -> Iterator[Difference]:
    if a.status != b.status:
        yield Difference("status", label, str(a.status), str(b.status))
    for name in _HEADERS:
        first, second = _header(a, name), _header(b, name)
        if first != second:
            yield Difference("header", f"{label}: {name}", first, second)
    if (a.status < 400) == (b.status < 400):
        yield from _shape_differences(label, shape(a.json), shape(b.json))


#: Headers to compare, and whether by value or only by presence.
_HEADERS = {
    "content-type": True,
    "allow": True,
    "www-authenticate": False,
    "retry-after": False,
    "cache-control": True,
    "location": False,
    "etag": False,
}


def _header(exchange: Exchange, name: str) -> str:
    value = exchange.response.headers.get(name)
    if value is None:
        return "absent"
    return (exchange.response.media_type if name == "content-type" else value) if _HEADERS[name] else "present"


def shape(value: Any, path: str = "") -> dict[str, set[str]]:
    """The JSON types by path, with one path for all elements of a list: `data[].id` → {"string"}."""
    types: dict[str, set[str]] = {path: {_type(value)}}
    below: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        below = [(f"{path}.{name}".lstrip("."), each) for name, each in value.items()]
    elif isinstance(value, list):
        below = [(f"{path}[]", each) for each in value]
    for member, each in below:
        opaque = member.rpartition(".")[2] in _OPAQUE
        for name, kinds in ({member: {_type(each)}} if opaque else shape(each, member)).items():
            types.setdefault(name, set()).update(kinds)
    return types


def _shape_differences(label: str, a: dict[str, set[str]], b: dict[str, set[str]]) -> Iterator[Difference]:
    for path in sorted(a.keys() | b.keys()):
        first, second, where = a.get(path, set()), b.get(path, set()), f"{label}: {path or 'body'}"
        if not first or not second:
            if _comparable(path, a) and _comparable(path, b):
                yield Difference("shape", where, _types(first), _types(second))
        elif first - {"null"} and second - {"null"} and first - {"null"} != second - {"null"}:
            yield Difference("shape", where, _types(first), _types(second))
        elif ("null" in first) != ("null" in second):
            yield Difference("nulls", where, _types(first), _types(second))


def _comparable(path: str, shapes: dict[str, set[str]]) -> bool:
    """Whether the object with the member `path` occurs. An empty list shows nothing about its elements."""
    return not path.endswith("[]") and "object" in shapes.get(path.rpartition(".")[0], set())


def _types(types: set[str]) -> str:
    return " | ".join(sorted(types, key=lambda name: (name == "null", name))) or "absent"


def _type(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    kinds = {str: "string", int: "number", float: "number", list: "array"}
    return kinds.get(type(value), "object")


def assumption_differences(a: Options, b: Options, checks: Sequence[Check]) -> list[Difference]:
    """The assumptions that passive checks see both deployments decide differently."""
    passive = [check for check in checks if check.access is Access.PASSIVE]
    first, second = (_choices(options, passive) for options in (a, b))
    return [
        Difference("assumption", id, first[id], second[id]) for id in first if id in second and first[id] != second[id]
    ]


def _choices(options: Options, checks: Sequence[Check]) -> dict[str, str]:
    choices: dict[str, list[str]] = {}
    for observation in finished(run(options, checks, Client(options))).observations:
        choices.setdefault(observation.assumption, []).append(observation.choice)
    return {assumption: " and ".join(sorted(values)) for assumption, values in choices.items()}
