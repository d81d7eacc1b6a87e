"""Finds requests by a text that they show. What is searched is what a reader sees, so that nobody finds a secret by
guessing it part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar
from urllib.parse import unquote_plus

import orjson

from postfuze_mock.worlds.journal.journal import Entry

Document = dict[str, Any]
Call = TypeVar("Call")

#: How many calls are searched, and of how many the bodies too.
MAX_CALLS: Final = 2000
MAX_BODIES: Final = 250
#: The members of an entry that are searched, besides the bodies.
_MEMBERS: Final = ("method", "path", "operation", "status", "why", "reason", "notes", "problem", "account")


def found(
    calls: Iterable[tuple[Call, Entry]],
    text: str,
    explained: Callable[[Call], Document],
    document: Callable[[Call, bool], Document],
) -> Iterator[Call]:
    """Those of `calls`, the newest first, that show `text`, which is in lower case. `document` returns what is shown of
    a call, with or without the bodies; `explained` the part that neither the request nor the response has.

    Bodies take milliseconds a call, in which the server does nothing else. So they are made last, for `MAX_BODIES` of
    the calls that may have the text there."""
    bodies = MAX_BODIES
    for call, entry in calls:
        if not _may_have(entry, text) and text not in _text(explained(call).values()):
            continue
        shown = document(call, False)
        if text in _text(shown[name] for name in _MEMBERS):
            yield call
        elif bodies:
            bodies -= 1
            if text in _text(_bodies(document(call, True))):
                yield call


def _may_have(entry: Entry, text: str) -> bool:
    """Whether the request or the response may show `text`; an escape sequence hides what is shown."""
    raw = b" ".join((entry.path, entry.query, entry.body or b"", entry.response_body))
    head = f"{entry.method} {entry.operation} {entry.status} "
    return b"\\u" in raw or text in (head + unquote_plus(raw.decode("utf-8", "replace"))).lower()


def _bodies(document: Document) -> Iterable[Any]:
    return [document[side]["body"] for side in ("request", "response")]


def _text(values: Iterable[Any]) -> str:
    return " ".join(each if isinstance(each, str) else orjson.dumps(each).decode() for each in values).lower()
