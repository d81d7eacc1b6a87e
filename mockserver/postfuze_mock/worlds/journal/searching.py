"""Finds requests by a text that they show. What is searched is what a reader sees, so that nobody finds a secret by
guessing it part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson

from postfuze_mock.worlds.journal.journal import Entry
from postfuze_mock.worlds.journal.notes import ignored
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

#: The members of an entry that are searched, besides the bodies.
_MEMBERS: Final = ("method", "path", "operation", "status", "why", "reason", "notes", "problem", "account")


def has_text(world: World | Unbuilt, entry: Entry, text: str, document: Callable[[], Mapping[str, Any]]) -> bool:
    """Whether a request to `world` shows `text`, which is in lower case; `document` returns what is shown of it."""
    return _may_have(world, entry, text) and text in _shown(document())


def _may_have(world: World | Unbuilt, entry: Entry, text: str) -> bool:
    """Whether it is worthwhile to format the request, which takes far longer than this."""
    if entry.rule or entry.fault or entry.status is None or ignored(world, entry):
        return True  # it shows words that the request and the response do not have
    raw = b" ".join((entry.path, entry.query, entry.body or b"", entry.response_body))
    head = f"{entry.method} {entry.operation} {entry.status} "
    return b"\\u" in raw or text in (head + unquote_plus(raw.decode("utf-8", "replace"))).lower()


def _shown(document: Mapping[str, Any]) -> str:
    parts = [document[name] for name in _MEMBERS] + [document[side]["body"] for side in ("request", "response")]
    return " ".join(each if isinstance(each, str) else orjson.dumps(each).decode() for each in parts).lower()
