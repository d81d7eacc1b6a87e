"""Finds requests by a text that they show. What is searched is what a reader sees, so that nobody finds a secret by
guessing it part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson

from postfuze_mock.worlds.journal.journal import Entry

Document = dict[str, Any]

#: The members of an entry that are searched, besides the bodies.
_MEMBERS: Final = ("method", "path", "operation", "status", "why", "reason", "notes", "problem", "account")


def has_text(entry: Entry, text: str, explained: Callable[[], Document], document: Callable[[], Document]) -> bool:
    """Whether a request shows `text`, which is in lower case. `document` returns what is shown of it; `explained` the
    part that neither the request nor the response has, which takes less time."""
    may_have = _may_have(entry, text) or text in _text(explained().values())
    return may_have and text in _text(_searched(document()))


def _may_have(entry: Entry, text: str) -> bool:
    """Whether the request or the response may show `text`; an escape sequence hides what is shown."""
    raw = b" ".join((entry.path, entry.query, entry.body or b"", entry.response_body))
    head = f"{entry.method} {entry.operation} {entry.status} "
    return b"\\u" in raw or text in (head + unquote_plus(raw.decode("utf-8", "replace"))).lower()


def _searched(document: Document) -> Iterable[Any]:
    return [document[name] for name in _MEMBERS] + [document[side]["body"] for side in ("request", "response")]


def _text(values: Iterable[Any]) -> str:
    return " ".join(each if isinstance(each, str) else orjson.dumps(each).decode() for each in values).lower()
