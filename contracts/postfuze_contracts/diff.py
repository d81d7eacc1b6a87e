"""The same reading calls to two deployments, and where their answers differ."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from postfuze_contracts.engine.check import Check
from postfuze_contracts.engine.survey import Account, rows
from postfuze_contracts.model.events import RunFinished
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
from postfuze_contracts.reports import Masker
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.target import Target

Kind = Literal["status", "header", "shape", "nulls", "assumption"]
Answers = dict[str, Exchange]

_FREE = frozenset({"raw"})  # members whose content is the platform's, not this API's
_DAY = 86_400


@dataclass(frozen=True)
class Difference:
    """Where two deployments differ: in which call (or assumption), and what each of them shows."""

    kind: Kind
    where: str
    a: str
    b: str


def answers(a: Target, b: Target) -> tuple[Answers, Answers]:
    """The answers of both to the same calls, each about an account of its own, of one platform where both have one."""
    found = [rows(target.call(LIST, query={"limit": "100"})) for target in (a, b)]
    shared = {each.get("platform") for each in found[0]} & {each.get("platform") for each in found[1]}
    first, second = (_example(each, shared) for each in found)
    return _answers(a, first), _answers(b, second)


def _example(accounts: Sequence[Account], platforms: set[Any]) -> Account | None:
    wanted = sorted(str(platform) for platform in platforms)[:1]
    return next((each for each in accounts if not wanted or str(each.get("platform")) in wanted), None)


def _answers(target: Target, account: Account | None) -> Answers:
    made = {label: target.call(operation, **call) for label, (operation, call) in _CALLS.items()}
    if account is None:
        return made
    own = {label: target.call(operation, **call) for label, (operation, call) in _about(account).items()}
    cursor = own["list, limit 1"].member("next_cursor")
    if isinstance(cursor, str):
        own["list, the next page"] = target.call(LIST, query={"limit": "1", "cursor": cursor})
        own["list, cursor cut short"] = target.call(LIST, query={"cursor": cursor[:-2]})
    return made | own


_CALLS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "health of the service": (SERVICE_HEALTH, {"key": None}),
    "list": (LIST, {}),
    "list, limit 0": (LIST, {"query": {"limit": "0"}}),
    "list, limit 101": (LIST, {"query": {"limit": "101"}}),
    "list, limit no number": (LIST, {"query": {"limit": "many"}}),
    "list, limit twice": (LIST, {"query": (("limit", "1"), ("limit", "2"))}),
    "list, no cursor of ours": (LIST, {"query": {"cursor": "no-cursor"}}),
    "list, id of no account": (LIST, {"query": {"id": MISSING_ID}}),
    "list, id no UUID": (LIST, {"query": {"id": "no-uuid"}}),
    "list, unknown platform": (LIST, {"query": {"platform": "myspace"}}),
    "list, unknown parameter": (LIST, {"query": {"colour": "red"}}),
    "list, no key": (LIST, {"key": None}),
    "list, malformed key": (LIST, {"authorization": "Bearer no-key"}),
    "get, id of no account": (GET, {"path": {"id": MISSING_ID}}),
    "get, id no UUID": (GET, {"path": {"id": "no-uuid"}}),
    "metrics, id of no account": (METRICS, {"path": {"id": MISSING_ID}}),
    "account's health, id of no account": (HEALTH, {"path": {"id": MISSING_ID}}),
    "delete, id of no account": (DELETE, {"path": {"id": MISSING_ID}}),
    "pending pages, no session": (PENDING, {"path": {"sessionToken": MISSING_SESSION}, "key": None}),
    "finalize, no session": (
        FINALIZE,
        {"path": {"sessionToken": MISSING_SESSION}, "body": {"selectedPageIds": ["1"]}, "key": None},
    ),
}


def _about(account: Account) -> dict[str, tuple[str, dict[str, Any]]]:
    """Calls about one account; the window of its series is the last thirty days."""
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
        "metrics, since no time": (METRICS, {"path": path, "query": {"since": "yesterday"}}),
    }


def differences(a: Answers, b: Answers) -> list[Difference]:
    """Where the answers differ in status, headers of interest, shape and nulls. What only one was asked is left out."""
    found = [each for label in a if label in b for each in _of_one_call(label, a[label], b[label])]
    return list(dict.fromkeys(found))


def _of_one_call(label: str, a: Exchange, b: Exchange) -> Iterator[Difference]:
    if a.status != b.status:
        yield Difference("status", label, str(a.status), str(b.status))
    for name in _HEADERS:
        first, second = _header(a, name), _header(b, name)
        if first != second:
            yield Difference("header", f"{label}: {name}", first, second)
    if (a.status < 400) == (b.status < 400):
        yield from _of_shapes(label, shape(a.json), shape(b.json))


#: Headers of interest, and whether their value counts; else only that they are there.
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
    """The JSON types by path, the elements of a list as one: `data[].id` → {"string"}."""
    found: dict[str, set[str]] = {path: {_type(value)}}
    below: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        below = [(f"{path}.{name}".lstrip("."), each) for name, each in value.items()]
    elif isinstance(value, list):
        below = [(f"{path}[]", each) for each in value]
    for where, each in below:
        inside = shape(each, where) if where.rpartition(".")[2] not in _FREE else {where: {_type(each)}}
        for name, types in inside.items():
            found.setdefault(name, set()).update(types)
    return found


def _of_shapes(label: str, a: dict[str, set[str]], b: dict[str, set[str]]) -> Iterator[Difference]:
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
    """Whether what `path` is a member of was seen: an empty list tells nothing of its elements."""
    parent = path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]
    return "object" in shapes.get(parent, set()) if not path.endswith("[]") else False


def _types(types: set[str]) -> str:
    return " | ".join(sorted(types, key=lambda name: (name == "null", name))) or "absent"


def _type(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    kinds = {str: "string", int: "number", float: "number", list: "array"}
    return kinds.get(type(value), "object")


def of_assumptions(a: Options, b: Options, checks: Sequence[Check]) -> list[Difference]:
    """Assumptions that the two decided differently, as the reading checks observe them."""
    reading = [check for check in checks if check.access is Access.PASSIVE]
    first, second = (_observed(options, reading) for options in (a, b))
    return [
        Difference("assumption", id, first[id], second[id]) for id in first if id in second and first[id] != second[id]
    ]


def _observed(options: Options, checks: Sequence[Check]) -> dict[str, str]:
    masker = Masker()
    *_, finished = (masker.event(event) for event in run(options, checks, Client(options)))
    assert isinstance(finished, RunFinished)
    found: dict[str, list[str]] = {}
    for observation in finished.observations:
        found.setdefault(observation.assumption, []).append(observation.choice)
    return {assumption: " and ".join(sorted(choices)) for assumption, choices in found.items()}
