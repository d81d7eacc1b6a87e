"""Compares an expected call with the journal, and describes the nearest call where none matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qs, urlsplit

from postfuze_mock.client.fields import Json

MAX_LISTED = 5  # calls that a message lists
_ABSENT = object()  # a value that was not sent or not expected (None is null)


@dataclass(frozen=True)
class ExpectedCall:
    """A call to look for in the journal; a part that is None may be anything. `query` and `body` must equal what was
    sent, `headers` (names in any case) must be among what was sent."""

    operation: str
    query: Mapping[str, Any] | None = None
    body: Any = None
    headers: Mapping[str, str] | None = None
    status: int | None = None

    def differences(self, entry: Json) -> list[str]:
        """The differences between a journal entry and this call, one line each."""
        return [*self._in_query(entry), *self._in_headers(entry), *self._in_body(entry), *self._in_status(entry)]

    def matches(self, entries: Sequence[Json]) -> list[Json]:
        """The entries that match this call."""
        return [entry for entry in entries if entry["operation"] == self.operation and not self.differences(entry)]

    def failure(self, times: int | None, entries: Sequence[Json]) -> str | None:
        """The failure message, or None if `entries` have `times` calls like this (None: at least one)."""
        matches = self.matches(entries)
        if len(matches) == times or (times is None and matches):
            return None
        lines = [f"{self.operation} {self._count(len(matches), times)}"]
        if matches:
            return "\n".join(lines + _list(matches))
        others = [entry for entry in entries if entry["operation"] == self.operation]
        return "\n".join(lines + (self._nearest(others) if others else _other_calls(entries)))

    def _in_query(self, entry: Json) -> Iterator[str]:
        if self.query is None:
            return
        parameters = parse_qs(urlsplit(entry["path"]).query, keep_blank_values=True)
        for name in dict.fromkeys([*self.query, *parameters]):
            expected, texts = self.query.get(name, _ABSENT), parameters.get(name, [])
            actual = texts[0] if len(texts) == 1 else texts or _ABSENT
            if not _equal(expected, actual) and _texts(expected) != texts:
                yield f"query {name}: {_comparison(expected, actual)}"

    def _in_headers(self, entry: Json) -> Iterator[str]:
        for name, expected in (self.headers or {}).items():
            actual = entry["request"]["headers"].get(name.lower(), _ABSENT)
            if not _equal(expected, actual):
                yield f"header {name}: {_comparison(expected, actual)}"

    def _in_body(self, entry: Json) -> Iterator[str]:
        if self.body is not None:
            for pointer, comparison in _differences(self.body, entry["request"]["body"]):
                yield f"body{pointer}: {comparison}"

    def _in_status(self, entry: Json) -> Iterator[str]:
        if self.status not in (None, entry["status"]):
            detail = (entry["problem"] or {}).get("detail")
            actual = "no response" if entry["status"] is None else entry["status"]
            yield f"status: wanted {self.status}, was {actual}{f': {detail}' if detail else ''}"

    def _count(self, count: int, times: int | None) -> str:
        like = "" if self == ExpectedCall(self.operation) else " like this"
        actual = f"was called{like} {_times(count)}" if count else f"was not called{like}"
        return f"{actual}, wanted {_times(times)}" if times not in (None, 1) or count else actual

    def _nearest(self, others: Sequence[Json]) -> list[str]:
        """The call with the fewest differences, the last of several."""
        nearest = min(reversed(others), key=lambda entry: len(self.differences(entry)))
        head = f"  the nearest of {len(others)} calls was" if len(others) > 1 else "  the only call was"
        return [f"{head} {_line(nearest)}", *(f"    {line}" for line in self.differences(nearest))]


def _times(count: int | None) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count or 0, f"{count} times")


def _list(entries: Sequence[Json]) -> list[str]:
    more = [f"  and {len(entries) - MAX_LISTED} more"] if len(entries) > MAX_LISTED else []
    return [f"  {_line(entry)}" for entry in entries[:MAX_LISTED]] + more


def _other_calls(entries: Sequence[Json]) -> list[str]:
    counts = Counter(entry["operation"] or f"{entry['method']} {urlsplit(entry['path']).path}" for entry in entries)
    calls = ", ".join(f"{name} {_times(count)}" for name, count in counts.most_common(MAX_LISTED))
    return [f"  instead: {calls}" if calls else "  and there was no other call"]


def _line(entry: Json) -> str:
    outcome = "the connection was dropped" if entry["status"] is None else str(entry["status"])
    rule = f", by {entry['reason']['rule']}" if entry["reason"] else ""
    fault = ", hit by a fault" if entry["fault"] else ""
    return f"{entry['method']} {entry['path']} → {outcome}{rule}{fault}"


def _differences(expected: Any, actual: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Where two JSON values differ (JSON pointers), and how."""
    pairs: Iterable[tuple[Any, Any, Any]]
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        names = dict.fromkeys([*expected, *actual])
        pairs = [(name, expected.get(name, _ABSENT), actual.get(name, _ABSENT)) for name in names]
    elif isinstance(expected, list | tuple) and isinstance(actual, list):
        both = zip_longest(expected, actual, fillvalue=_ABSENT)
        pairs = [(index, one, other) for index, (one, other) in enumerate(both)]
    else:
        if not _equal(expected, actual):
            yield pointer, _comparison(expected, actual)
        return
    for name, one, other in pairs:
        yield from _differences(one, other, f"{pointer}/{name}")


def _equal(expected: Any, actual: Any) -> bool:
    """Equality, except that 1 is not True, and that `unittest.mock.ANY` does not match an absent value."""
    present = expected is not _ABSENT and actual is not _ABSENT
    return present and expected == actual and {type(expected), type(actual)} != {bool, int}


def _texts(value: Any) -> list[str]:
    """A parameter's values as they are sent."""
    values = value if isinstance(value, list | tuple) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _comparison(expected: Any, actual: Any) -> str:
    if actual is _ABSENT:
        return f"wanted {expected!r}, was not sent"
    return f"was {actual!r}, wanted none" if expected is _ABSENT else f"wanted {expected!r}, was {actual!r}"
