"""Conditions of `items.yaml`: which calls show an item."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from postfuze_mock.domain import keys
from postfuze_mock.domain.coverage.answers import Answer

_BEARER: Final = "Bearer "
_PARTS: Final = ("operation", "happened", "status", "rule", "query", "least", "without", "like", "key", "organizations")


class Call(NamedTuple):
    """A call of the API as coverage sees it. `operation` is the operationId, or what happened in the world;
    `status` is None if there was no response; `fault` is the id of the fault that hit the call; `key` is the
    `Authorization` header; `world` is None if the call opened none; `finished` is in seconds of `time.perf_counter`."""

    operation: str | None
    status: int | None
    rule: str | None
    fault: str | None
    key: bytes | None
    query: bytes
    body: bytes
    world: str | None
    finished: float


#: The fields of a call without their names: a plain tuple takes half the time to make.
Fields = tuple[Any, ...]
Head = tuple[str | None, int | None, str | None, str | None]
#: The first four fields of a call. They are cheap to compare, so they are compared first.
head: Final[Callable[[Fields], Head]] = itemgetter(0, 1, 2, 3)
_KEY, _QUERY, BODY, WORLD, FINISHED = map(Call._fields.index, ("key", "query", "body", "world", "finished"))

#: Says whether a field of a call is as it should be.
Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Condition:
    """Which calls show something: those with one of `operations`, `statuses` and `rules` (empty: any) that pass the
    `tests`, each of the field with that index. So many `organizations` must show it."""

    operations: frozenset[str] = frozenset()
    statuses: Collection[int] = ()
    rules: frozenset[str] = frozenset()
    tests: tuple[tuple[int, Test], ...] = ()
    organizations: int = 1

    def admits(self, head: Head) -> bool:
        """Whether a call with this head may show it."""
        operation, status, rule, _ = head
        return (
            (not self.operations or operation in self.operations)
            and (not self.statuses or status in self.statuses)
            and (not self.rules or rule in self.rules)
        )

    def holds(self, call: Fields) -> bool:
        """Whether a call shows it."""
        return self.admits(head(call)) and all(test(call[field]) for field, test in self.tests)


def condition(parts: Mapping[str, Any], operations: Collection[str] = ()) -> Condition:
    """The condition that `parts` describe in the words of `items.yaml`; by default it is about `operations`. Raises
    ValueError for an unknown word."""
    if unknown := set(parts) - {*_PARTS, *Answer.WORDS}:
        raise ValueError(f"{min(unknown)} is not a part of a condition")
    names = _texts(parts.get("operation", parts.get("happened"))) or operations
    return Condition(
        frozenset(names),
        tuple(_statuses(parts.get("status"))),
        frozenset(_texts(parts.get("rule"))),
        tuple(_tests(parts)),
        parts.get("organizations", 1),
    )


def _texts(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _statuses(value: Any) -> Iterator[int]:
    for each in value if isinstance(value, list) else [] if value is None else [value]:
        yield from range(int(each[0]) * 100, int(each[0]) * 100 + 100) if isinstance(each, str) else [each]


def _tests(parts: Mapping[str, Any]) -> Iterator[tuple[int, Test]]:
    """The tests of single fields, the cheapest first."""
    if "key" in parts:
        yield _KEY, lambda header: parts["key"] in _kinds(header)
    if "query" in parts or "without" in parts:
        names, least = frozenset(parts.get("query", ())), parts.get("least", len(parts.get("query", ())))
        unwanted = frozenset(parts.get("without", ()))
        yield _QUERY, lambda query: len(names & (sent := _names(query))) >= least and not unwanted & sent
    if "like" in parts:
        patterns = {name: re.compile(pattern) for name, pattern in parts["like"].items()}
        yield (
            _QUERY,
            lambda query: any(
                name in patterns and patterns[name].fullmatch(value) is not None for name, value in _pairs(query)
            ),
        )
    if any(word in parts for word in Answer.WORDS):
        yield BODY, Answer(parts)


@lru_cache(maxsize=1024)
def _kinds(header: bytes | None) -> frozenset[str]:
    """The kinds of the key in an `Authorization` header: its mode, and `readonly` if it has no scope."""
    text = (header or b"").decode("latin-1")
    key = keys.parse(text.removeprefix(_BEARER)) if text.startswith(_BEARER) else None
    return frozenset() if key is None else frozenset([key.mode, *([] if key.scopes else ["readonly"])])


@lru_cache(maxsize=1024)
def _names(query: bytes) -> frozenset[str]:
    return frozenset(name for name, _ in _pairs(query))


def _pairs(query: bytes) -> list[tuple[str, str]]:
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True)
