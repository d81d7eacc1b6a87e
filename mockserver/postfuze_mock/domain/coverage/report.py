"""The report: what was met of the items, as a JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, Protocol

from postfuze_mock import spec
from postfuze_mock.domain.coverage.items import OTHERS, Item
from postfuze_mock.domain.coverage.tally import Answers

VERSION: Final = 1
DROPPED: Final = "dropped"


class Counted(Protocol):
    """What was counted, see `Tally`."""

    @property
    def answers(self) -> Counter[Answers]: ...

    @property
    def met(self) -> Mapping[str, bool]: ...


def report(items: Sequence[Item], tally: Counted) -> dict[str, Any]:
    """The report as control/openapi.yaml describes it."""
    met = sum(item.id in tally.met for item in items)
    return {
        "version": VERSION,
        "percent": met * 1000 // len(items) / 10,  # 100 only if all were met
        "met": met,
        "total": len(items),
        "calls": tally.answers.total(),
        "groups": [_group(id, list(group), tally) for id, group in groupby(items, key=lambda item: item.group)],
        "statements": list(_statements(items, tally)),
    }


def _group(id: str, items: Sequence[Item], tally: Counted) -> dict[str, Any]:
    operation = spec.operations().get(id)
    answers = {
        DROPPED if key.status is None else str(key.status): n for key, n in tally.answers.items() if key[0] == id
    }
    return {
        "id": id,
        "title": OTHERS[id] if operation is None else operation.definition["summary"],
        "call": None if operation is None else f"{operation.method} {operation.path}",
        "calls": sum(answers.values()),
        "answers": dict(sorted(answers.items())),
        "met": sum(item.id in tally.met for item in items),
        "total": len(items),
        "items": [_item(item, tally) for item in items],
    }


def _item(item: Item, tally: Counted) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "title": item.title,
        "met": item.id in tally.met,
        "by_fault": tally.met.get(item.id, False),
        "statements": list(item.statements),
        "try": item.attempt,
    }


def _statements(items: Sequence[Item], tally: Counted) -> Iterator[dict[str, Any]]:
    """The statements that some item exercises, in the file's order."""
    for statement in spec.statements():
        ids = [item.id for item in items if statement.id in item.statements]
        if ids:
            met = any(id in tally.met for id in ids)
            yield {"id": statement.id, "statement": statement.statement.strip(), "met": met, "items": ids}
