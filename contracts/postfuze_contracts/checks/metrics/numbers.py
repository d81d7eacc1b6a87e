"""Records which metrics the values and snapshots have, and what stands for a missing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from postfuze_contracts.checks.metrics.snapshots import NUMBERS, is_number
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange

_ENOUGH = 50  # numbers that prove that none is negative


class Number(NamedTuple):
    """What stands for one metric in a response: `...` if it is left out."""

    value: Any
    exchange: Exchange


def observe_numbers(judge: Judge, looked_at: Sequence[tuple[Exchange, Sequence[dict[str, Any]]]]) -> None:
    """Record which metrics are missing, null or negative in responses, given with the values that they have."""
    numbers = [
        Number(value.get(name, ...), exchange) for exchange, values in looked_at for value in values for name in NUMBERS
    ]
    kinds = {"null": [each for each in numbers if each.value is None]}
    kinds["left-out"] = [each for each in numbers if each.value is ...]
    for choice, missing in kinds.items():
        if missing:
            judge.observe("metrics.missing", choice, missing[0].exchange)
    existing = [each for each in numbers if is_number(each.value)]
    negative = [each for each in existing if each.value < 0]
    if negative:
        judge.observe("metrics.values", "any", negative[0].exchange)
    elif len(existing) >= _ENOUGH:
        judge.observe("metrics.values", "non-negative", existing[0].exchange)


def observe_sets(judge: Judge, exchanges: Sequence[Exchange]) -> None:
    """Record whether single values, of several platforms, have all metrics."""
    missing = [each for each in exchanges if not all(is_number(each.member(name)) for name in NUMBERS)]
    if missing:
        judge.observe("metrics.metric-sets", "per-platform", missing[0])
    elif len({each.member("network") for each in exchanges}) > 2:
        judge.observe("metrics.metric-sets", "all", exchanges[0])
