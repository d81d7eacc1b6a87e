"""Was the API called exactly so? And if not, which call was nearest, and what is different about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qs, urlsplit

from postfuze_mock.client.fields import Json

_SHOWN = 5  # calls that a message lists at most
_NOTHING = object()  # in the place of what was not sent, or not wanted: null is something


@dataclass(frozen=True)
class Wanted:
    """A call as it is looked for; what is None may be anything. `query` and `body` must be all that was sent, `headers`
    (names in any case) among what was."""

    operation: str
    query: Mapping[str, Any] | None = None
    body: Any = None
    headers: Mapping[str, str] | None = None
    status: int | None = None

    def differences(self, entry: Json) -> list[str]:
        """What is different about the call that `entry` of the journal tells of, a line each."""
        return [*self._of_query(entry), *self._of_headers(entry), *self._of_body(entry), *self._of_status(entry)]

    def _of_query(self, entry: Json) -> Iterator[str]:
        if self.query is None:
            return
        sent = parse_qs(urlsplit(entry["path"]).query, keep_blank_values=True)
        for name in dict.fromkeys([*self.query, *sent]):
            wanted, texts = self.query.get(name, _NOTHING), sent.get(name, [])
            was = texts[0] if len(texts) == 1 else texts or _NOTHING
            if not _same(wanted, was) and _texts(wanted) != texts:
                yield f"query {name}: {_told(wanted, was)}"

    def _of_headers(self, entry: Json) -> Iterator[str]:
        for name, wanted in (self.headers or {}).items():
            was = entry["request"]["headers"].get(name.lower(), _NOTHING)
            if not _same(wanted, was):
                yield f"header {name}: {_told(wanted, was)}"

    def _of_body(self, entry: Json) -> Iterator[str]:
        if self.body is not None:
            yield from (f"body{place}: {what}" for place, what in _differences(self.body, entry["request"]["body"]))

    def _of_status(self, entry: Json) -> Iterator[str]:
        if self.status not in (None, entry["status"]):
            detail = (entry["problem"] or {}).get("detail")
            was = "no answer" if entry["status"] is None else entry["status"]
            yield f"status: wanted {self.status}, was {was}{f': {detail}' if detail else ''}"


def check_operation(name: str) -> None:
    """Raises ValueError, with the nearest right name, where the API has no operation `name`."""
    from postfuze_mock import spec  # needs YAML and some milliseconds, for what is rarely asked

    known = list(spec.operations())
    if name not in known:
        nearest = get_close_matches(name, known, n=1)
        hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(known)}"
        raise ValueError(f"The API has no operation {name}; {hint}")


def matching(wanted: Wanted, entries: Sequence[Json]) -> list[Json]:
    """Those of `entries` that are just so."""
    return [entry for entry in entries if entry["operation"] == wanted.operation and not wanted.differences(entry)]


def complaint(wanted: Wanted, times: int | None, entries: Sequence[Json]) -> str | None:
    """What is wrong, in lines, where `entries` do not have the wanted call so many `times` (None: at least once)."""
    found = matching(wanted, entries)
    if len(found) == times or (times is None and found):
        return None
    lines = [f"{wanted.operation} {_count(len(found), times, wanted)}"]
    if found:
        return "\n".join(lines + _listed(found))
    others = [entry for entry in entries if entry["operation"] == wanted.operation]
    return "\n".join(lines + (_nearest(wanted, others) if others else _instead(entries)))


def _count(found: int, times: int | None, wanted: Wanted) -> str:
    like = "" if wanted == Wanted(wanted.operation) else " like this"
    was = f"was called{like} {_times(found)}" if found else f"was not called{like}"
    return f"{was}, wanted was {_times(times)}" if times not in (None, 1) or found else was


def _times(count: int | None) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count or 0, f"{count} times")


def _listed(found: Sequence[Json]) -> list[str]:
    more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return [f"  {_line(entry)}" for entry in found[:_SHOWN]] + more


def _nearest(wanted: Wanted, others: Sequence[Json]) -> list[str]:
    """The call with the fewest differences; of equal ones the last."""
    nearest = min(reversed(others), key=lambda entry: len(wanted.differences(entry)))
    head = f"  the nearest of {len(others)} calls was" if len(others) > 1 else "  the only call was"
    return [f"{head} {_line(nearest)}", *(f"    {line}" for line in wanted.differences(nearest))]


def _instead(entries: Sequence[Json]) -> list[str]:
    counted = Counter(entry["operation"] or f"{entry['method']} {urlsplit(entry['path']).path}" for entry in entries)
    calls = ", ".join(f"{name} {_times(count)}" for name, count in counted.most_common(_SHOWN))
    return [f"  instead: {calls}" if calls else "  nor was anything else"]


def _line(entry: Json) -> str:
    outcome = "the connection was dropped" if entry["status"] is None else str(entry["status"])
    because = f", by {entry['reason']['rule']}" if entry["reason"] else ""
    fault = ", hit by a fault" if entry["fault"] else ""
    return f"{entry['method']} {entry['path']} → {outcome}{because}{fault}"


def _differences(wanted: Any, was: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Where two JSON values differ (JSON pointers), and how."""
    pairs: Iterable[tuple[Any, Any, Any]]
    if isinstance(wanted, Mapping) and isinstance(was, Mapping):
        names = dict.fromkeys([*wanted, *was])
        pairs = [(name, wanted.get(name, _NOTHING), was.get(name, _NOTHING)) for name in names]
    elif isinstance(wanted, list | tuple) and isinstance(was, list):
        both = zip_longest(wanted, was, fillvalue=_NOTHING)
        pairs = [(at, one, other) for at, (one, other) in enumerate(both)]
    else:
        if not _same(wanted, was):
            yield place, _told(wanted, was)
        return
    for name, one, other in pairs:
        yield from _differences(one, other, f"{place}/{name}")


def _same(wanted: Any, was: Any) -> bool:
    """Python holds 1 for True, and `ANY` for all that there is: nothing is none of it."""
    there = wanted is not _NOTHING and was is not _NOTHING
    return there and wanted == was and {type(wanted), type(was)} != {bool, int}


def _texts(value: Any) -> list[str]:
    """A parameter's values as they are sent."""
    values = value if isinstance(value, list | tuple) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _told(wanted: Any, was: Any) -> str:
    if was is _NOTHING:
        return f"wanted {wanted!r}, was not sent"
    return f"was {was!r}, wanted none" if wanted is _NOTHING else f"wanted {wanted!r}, was {was!r}"
