"""What the journal says about a request and the response does not: which parameters were ignored. Notes are made when
the journal is read, so that they cost a request nothing."""

from __future__ import annotations

from functools import cache
from typing import Final
from urllib.parse import unquote_plus

from postfuze_fixtures.suggestions import nearest
from postfuze_mock import spec
from postfuze_mock.worlds.journal.journal import MAX_TARGET, Entry
from postfuze_mock.worlds.journal.masking import Masking
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

MAX_NOTES: Final = 20
MAX_NAME: Final = 100  # characters
#: Refusals before the query is read.
_UNREAD: Final = frozenset({401, 403, 429})


def notes(world: World | Unbuilt, entry: Entry, masking: Masking) -> list[str]:
    """The notes on a request to `world`, one sentence each, with secrets masked."""
    operation = entry.operation or ""
    return [_note(name, operation, masking) for name in _ignored(world, entry)]


def _ignored(world: World | Unbuilt, entry: Entry) -> list[str]:
    """The query parameters that were ignored, at most `MAX_NOTES`."""
    operation = entry.operation
    if operation is None or not entry.query or entry.status in _UNREAD or world.choices.parameters_unknown == "refused":
        return []
    known = _query_parameters(operation)
    parts = entry.query[:MAX_TARGET].decode("utf-8", "replace").split("&")
    if len(entry.query) > MAX_TARGET:
        del parts[-1]  # it may have been cut
    names = dict.fromkeys(unquote_plus(part.partition("=")[0]) for part in parts if part)
    return [name for name in names if name not in known][:MAX_NOTES]


def _note(name: str, operation: str, masking: Masking) -> str:
    match = nearest(name, _query_parameters(operation))
    hint = f"did you mean `{match}`?" if match else f"{operation} has no such parameter."
    return f"`{masking.text(name[:MAX_NAME])}` was ignored; {hint}"


@cache
def _query_parameters(operation: str) -> tuple[str, ...]:
    parameters = spec.operations()[operation].definition.get("parameters", ())
    return tuple(each["name"] for each in parameters if each.get("in") == "query")
