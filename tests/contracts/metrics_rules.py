"""Rules that change the metrics of the mock that is behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.proxy import Answer, Call, Rule

Document = dict[str, Any]
WIDEST = "/social-accounts/{id}/metrics?since=2001-01-01T00:00:00Z"


def kind(document: Document) -> str:
    """`live`, `snapshot`, `series` or `none-yet`."""
    if "data" in document:
        return "series"
    return str(document.get("source", "none-yet"))


def metrics(change: Callable[[Document, Call], Document | Answer], *kinds: str) -> Rule:
    """Metrics of these kinds are changed, all others are as they were."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if not call.path.endswith("/metrics") or answer.status != 200 or kind(answer.json) not in kinds:
            return answer
        changed = change(answer.json, call)
        return changed if isinstance(changed, Answer) else answer.but(changed)

    return rule


def put(*kinds: str, **members: Any) -> Rule:
    return metrics(lambda document, _: {**document, **members}, *kinds)


def drop(name: str, *kinds: str) -> Rule:
    return metrics(lambda document, _: {key: value for key, value in document.items() if key != name}, *kinds)


def series(change: Callable[[list[Document]], list[Document]]) -> Rule:
    return metrics(lambda document, _: {**document, "data": change(document["data"])}, "series")


def row(**members: Any) -> Rule:
    return series(lambda data: [{**each, **members} for each in data])


def query(change: Callable[[dict[str, str]], dict[str, str]]) -> Rule:
    """Another query than was asked for reaches the mock, and the echo is that of the one that was asked."""

    def rule(call: Call) -> Answer:
        asked = call.query
        if not call.path.endswith("/metrics") or not asked:
            return call.forward()
        answer = call.instead("GET", f"{call.path}?{'&'.join(f'{k}={v}' for k, v in change(asked).items())}")
        if answer.status != 200 or "data" not in answer.json:
            return answer
        true = call.forward()
        echo = {name: true.json.get(name) for name in ("since", "until")} if true.status == 200 else {}
        return answer.but({**answer.json, **echo})

    return rule
