"""What the API answers now for an account, found out without a call: nothing changes, and nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from postfuze_mock import spec
from postfuze_mock.domain.faults import effects
from postfuze_mock.domain.faults.effects import Effect
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row
from postfuze_mock.settings import API_PATH
from postfuze_mock.worlds.accounts import accounts, searching
from postfuze_mock.worlds.accounts.inspection import Behaviour, Inspection, inspect_health, inspect_metrics
from postfuze_mock.worlds.world import World

_NO_EFFECT: Final[Mapping[str, Any]] = {"changes": {}, "events": []}

Inspect = Callable[[World, str, Behaviour], Inspection]


def answers(world: World, id: str) -> list[dict[str, Any]]:
    """The answers to the calls that read the account `id`, see `AccountAnswer` in control/openapi.yaml. Raises a 404
    problem for an unknown account, but not for one that is disconnected."""
    id = searching.account(world, id)["id"]
    return [_answer(world, id, operation, inspect) for operation, inspect in _READING.items()]


def _answer(world: World, id: str, operation: str, inspect: Inspect) -> dict[str, Any]:
    fault = world.faults.next(operation)
    effect: Effect = {} if fault is None else fault.effect
    outcome = _outcome(world, id, inspect, effect.get("behaviour"))
    if not effects.is_processed(effect):
        outcome |= _NO_EFFECT
    path = API_PATH + _PATHS[operation].replace("{id}", id)
    return {"operation": operation, "path": path, **outcome, "fault": None if fault is None else fault.id}


def _outcome(world: World, id: str, inspect: Inspect, behaviour: Behaviour) -> dict[str, Any]:
    try:
        response, before, after, events = inspect(world, id, behaviour)
    except Problem as problem:
        return {"status": problem.status, "body": problem.document(), "rule": problem.rule, **_NO_EFFECT}
    changes = _changes(before, after)
    return {"status": 200, "body": response, "rule": None, "changes": changes, "events": list(events)}


def _changes(before: Row, after: Row) -> Mapping[str, Any]:
    """The fields that differ, as they are `after`."""
    old = before.account()
    return {name: value for name, value in after.account().items() if value != old[name]}


def _read(world: World, id: str, _behaviour: Behaviour) -> Inspection:
    row = accounts.get(world, id)
    return Inspection(orjson.loads(accounts.content(world, row)), row, row)


#: What each call that reads an account comes to, by operationId.
_READING: Final[Mapping[str, Inspect]] = {
    "getSocialAccount": _read,
    "getSocialAccountMetrics": inspect_metrics,
    "getSocialAccountHealth": inspect_health,
}
_PATHS: Final = {id: spec.operations()[id].path for id in _READING}
