"""The items: what a test suite can meet. They follow from openapi.yaml, the presets and `items.yaml`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from postfuze_fixtures.cache import cached
from postfuze_mock import spec
from postfuze_mock.domain.coverage import attempts, responses
from postfuze_mock.domain.coverage.attempts import Step
from postfuze_mock.domain.coverage.conditions import Condition, condition
from postfuze_mock.domain.faults.presets import PRESETS

FILE: Final = Path(__file__).with_name("items.yaml")
#: The groups beside the operations, with their titles.
OTHERS: Final = {"every": "Every operation", "events": "Events", "faults": "Failures on demand"}

Kind = Literal["operation", "answer", "situation", "event", "fault"]
_KINDS: Final[Mapping[str, Kind]] = {"events": "event", "faults": "fault"}


@dataclass(frozen=True)
class Item:
    """Something to meet. `when` has the conditions of the calls that show it, in their order; `attempt` is a command
    that makes them; `statements` are the ids of those that they exercise. With `same_operation`, the calls are of one
    operation."""

    id: str
    group: str
    kind: Kind
    title: str
    when: tuple[Condition, ...]
    statements: tuple[str, ...]
    attempt: str
    same_operation: bool = False


@cache
def items() -> tuple[Item, ...]:
    """All items, by group; in a group, the most useful first."""
    content = FILE.read_bytes()
    declared = cached("coverage", content, lambda: _parse(content))
    answers = list(_answers(declared))
    result: list[Item] = []
    for operation in spec.operations().values():
        own = [item for item in answers if item.group == operation.id]
        successes = [item for item in own if item.id.startswith(f"{operation.id}.2")]
        refusals = [item for item in own if item not in successes]
        result += [_call(operation), *successes, *_situations(operation.id, declared), *refusals]
    shared = [next(item for item in answers if item.id == id) for id in declared["shared"]]
    result += [*_situations("every", declared), *shared]
    result += [*_events(declared), *_situations("events", declared)]
    return (*result, *_presets(), *_situations("faults", declared))


def _parse(content: bytes) -> Any:
    import yaml  # most starts find the document in the cache

    return yaml.load(content, Loader=yaml.CSafeLoader)


def _call(operation: spec.Operation) -> Item:
    """The item of an operation that is called, whatever it answers."""
    title, when = "It is called", condition({}, [operation.id])
    return Item(
        operation.id, operation.id, "operation", title, (when,), (), attempts.line([attempts.example(operation)])
    )


def _answers(declared: Mapping[str, Any]) -> Iterator[Item]:
    for answer in responses.declared(declared["shared"]):
        more = declared["answers"].get(answer.id, {})
        when = condition({"status": answer.statuses, **more.get("when", {})}, answer.operations)
        group = "every" if answer.id in declared["shared"] else answer.operations[0]
        yield _item(answer.id, group, {"title": answer.title, "try": [answer.step], **more}, [when])


def _situations(group: str, declared: Mapping[str, Any]) -> Iterator[Item]:
    operations = [] if group in OTHERS else [group]
    for each in declared["situations"].get(group, ()):
        when = each["when"] if isinstance(each["when"], list) else [each["when"]]
        kind = _KINDS.get(group, "situation")
        yield _item(each["id"], group, each, [condition(parts, operations) for parts in when], kind)


def _events(declared: Mapping[str, Any]) -> Iterator[Item]:
    """An item of each event that the specification declares."""
    for name, definition in spec.load()["x-webhooks"].items():
        title = f"A webhook receives `{name}`: {definition['post']['summary'].lower()}"
        fields = {"title": title, **declared["events"][name]}
        yield _item(f"event.{name}", "events", fields, [condition({"happened": f"delivered {name}"})], "event")


def _presets() -> Iterator[Item]:
    for name, preset in PRESETS.items():
        operation = "listSocialAccounts" if "listSocialAccounts" in preset.operations else preset.operations[0]
        fault = f"POST /_mock/faults {json.dumps({'preset': name, 'times': 1})}"
        steps: list[Step] = [fault, attempts.example(spec.operations()[operation])]
        fields = {"title": f"{preset.title}: the preset `{name}`", "statements": preset.statements, "try": steps}
        yield _item(f"preset.{name}", "faults", fields, [condition({"happened": f"preset {name}"})], "fault")


def _item(id: str, group: str, fields: Mapping[str, Any], when: Iterable[Condition], kind: Kind = "answer") -> Item:
    statements, attempt = tuple(fields.get("statements", ())), attempts.line(fields["try"])
    return Item(id, group, kind, fields["title"], tuple(when), statements, attempt, fields.get("same") == "operation")
