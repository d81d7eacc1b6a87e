"""Makes the same reading calls to two deployments, and compares the responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from postfuze_contracts.diff.calls import CALLS, account_calls
from postfuze_contracts.diff.shapes import shape, shape_differences
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.engine.survey import Account, rows
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import LIST, SERVICE_HEALTH
from postfuze_contracts.model.options import Access
from postfuze_contracts.reports.masking import finished
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.deployed import NotDeployed
from postfuze_contracts.target.target import Target

Kind = Literal["status", "header", "shape", "nulls", "assumption", "data"]
Exchanges = dict[str, Exchange]  # by the label of the call

_NOT_DEPLOYED = (404, 405, 501)


@dataclass(frozen=True)
class Difference:
    """A difference between two deployments in a call or an assumption. Of the kind `data` are those that the data
    explains, or in what no document describes: no contract is different."""

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
    general = {label: _call(target, operation, call) for label, (operation, call) in CALLS.items()}
    if account is None:
        return general
    own = {label: _call(target, operation, call) for label, (operation, call) in account_calls(account).items()}
    cursor = own["list, limit 1"].member("next_cursor")
    if isinstance(cursor, str):
        own["list, the next page"] = target.call(LIST, query={"limit": "1", "cursor": cursor})
        own["list, cursor truncated"] = target.call(LIST, query={"cursor": cursor[:-2]})
    return general | own


def _call(target: Target, operation: str, arguments: Mapping[str, Any]) -> Exchange:
    """The response to a call; the one that shows it if the target does not have the operation."""
    try:
        return target.call(operation, **arguments)
    except NotDeployed as error:
        return error.evidence


def differences(a: Exchanges, b: Exchanges) -> list[Difference]:
    """The differences of responses in status, headers and shape. Only calls to both sides count."""
    pairs = ((label, a[label], b[label]) for label in a if label in b)
    return list(dict.fromkeys(each for pair in pairs for each in _call_differences(*pair)))


def _call_differences(label: str, a: Exchange, b: Exchange) -> Iterator[Difference]:
    if a.operation == SERVICE_HEALTH and (a.status in _NOT_DEPLOYED) != (b.status in _NOT_DEPLOYED):
        yield Difference("data", f"{label}: not deployed", str(a.status), str(b.status))
        return
    if a.status != b.status:
        yield Difference("status", label, str(a.status), str(b.status))
    for name in _HEADERS:
        first, second = _header(a, name), _header(b, name)
        if first != second:
            yield Difference("header" if name in _DOCUMENTED else "data", f"{label}: {name}", first, second)
    if (a.status < 400) == (b.status < 400):
        for each in shape_differences(shape(a.json), shape(b.json)):
            kind: Kind = "data" if each.explained else "nulls" if each.nulls else "shape"
            yield Difference(kind, f"{label}: {each.path}", each.a, each.b)


#: The headers that the documents describe.
_DOCUMENTED = ("content-type", "retry-after")
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


def assumption_differences(a: Target, b: Target, checks: Sequence[Check]) -> list[Difference]:
    """The assumptions that passive checks see both deployments decide differently."""
    passive = [check for check in checks if check.access is Access.PASSIVE and check.assumes]
    first, second = (_choices(target, passive) for target in (a, b))
    return [
        Difference("assumption", id, first[id], second[id]) for id in first if id in second and first[id] != second[id]
    ]


def _choices(target: Target, checks: Sequence[Check]) -> dict[str, str]:
    """The choices that `checks` see. Raises BudgetSpent, KeyboardInterrupt."""
    choices: dict[str, list[str]] = {}
    options = target.client.budget.rest(target.options)
    result = finished(run(options, checks, Client(options)))
    if result.cut is not None:  # a part of the checks shows nothing of the others
        target.client.budget.require(1)
        raise KeyboardInterrupt
    for observation in result.observations:
        choices.setdefault(observation.assumption, []).append(observation.choice)
    return {assumption: " and ".join(sorted(values)) for assumption, values in choices.items()}
