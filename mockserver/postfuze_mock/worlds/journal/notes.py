"""What the journal says about a request and the response does not: a parameter was ignored, another world has the
account. Notes are made when the journal is read, so that they cost a request nothing."""

from __future__ import annotations

from functools import cache
from typing import Final
from urllib.parse import unquote, unquote_plus

from postfuze_fixtures.suggestions import nearest
from postfuze_mock import spec
from postfuze_mock.domain.keys import masked
from postfuze_mock.worlds.journal.journal import MAX_TARGET, Entry
from postfuze_mock.worlds.journal.masking import Masking
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

MAX_NOTES: Final = 20
MAX_NAME: Final = 100  # characters
_NOT_FOUND: Final = 404
#: Refusals before the query is read.
_UNREAD: Final = frozenset({401, 403, 429})


def notes(worlds: Worlds, world: World | Unbuilt, entry: Entry, masking: Masking) -> list[str]:
    """The notes on a request to `world`, one sentence each, with secrets masked."""
    if entry.operation is None:
        return []
    ignored = _ignored(world, entry, entry.operation, masking)
    holder = _other_holder(worlds, world, entry) if entry.status == _NOT_FOUND else None
    return ignored if holder is None else [f"The world {masked(holder)} has this account: call with its key.", *ignored]


def _ignored(world: World | Unbuilt, entry: Entry, operation: str, masking: Masking) -> list[str]:
    if not entry.query or entry.status in _UNREAD or world.choices.parameters_unknown == "refused":
        return []
    known = _query_parameters(operation)
    parts = entry.query[:MAX_TARGET].decode("utf-8", "replace").split("&")
    if len(entry.query) > MAX_TARGET:
        del parts[-1]  # it may have been cut
    names = dict.fromkeys(unquote_plus(part.partition("=")[0]) for part in parts if part)
    return [_note(name, known, operation, masking) for name in names if name not in known][:MAX_NOTES]


def _note(name: str, known: tuple[str, ...], operation: str, masking: Masking) -> str:
    match = nearest(name, known)
    hint = f"did you mean `{match}`?" if match else f"{operation} has no such parameter."
    return f"`{masking.text(name[:MAX_NAME])}` was ignored; {hint}"


@cache
def _query_parameters(operation: str) -> tuple[str, ...]:
    parameters = spec.operations()[operation].definition.get("parameters", ())
    return tuple(each["name"] for each in parameters if each.get("in") == "query")


def _other_holder(worlds: Worlds, world: World | Unbuilt, entry: Entry) -> str | None:
    """The world that has the account which `world` does not have, if any."""
    id = _account_id(entry)
    if id is None or isinstance(world, Unbuilt) or world.store.get(id) is not None:
        return None
    return worlds.holder_of_account(id)


def _account_id(entry: Entry) -> str | None:
    """The id in the path of a call about an account; None for other calls."""
    template = spec.operations()[entry.operation or ""].path.split("/")
    segments = entry.path.decode("utf-8", "replace").split("/")[-len(template) :]
    return unquote(segments[template.index("{id}")]).lower() if "{id}" in template else None
