"""The entries of a journal as the control API returns them: readable, and without secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso
from postfuze_mock import json_text
from postfuze_mock.problems import CONTENT_TYPE
from postfuze_mock.worlds.journal.journal import MAX_BODY, MAX_TARGET, Entry, Headers
from postfuze_mock.worlds.journal.masking import MASK, Masking
from postfuze_mock.worlds.journal.notes import notes
from postfuze_mock.worlds.journal.why import account_id, why
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

Document = dict[str, Any]
Owner = World | Unbuilt
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def to_dict(
    worlds: Worlds,
    world: Owner,
    number: int,
    entry: Entry,
    reason: Callable[[str], Document],
    *,
    bodies: bool = True,
    headers: bool = True,
) -> Document:
    """The entry with this number in the journal of `world`, which is one of `worlds`; `reason` returns what is said
    about a rule. Without `bodies` it has None for them, and without `headers`, which take most of the time, none."""
    masking = _masking(world)
    response_body = _body(entry.response_body, masking) if bodies or entry.rule else None
    problem = response_body if _is_problem(entry) and isinstance(response_body, dict) else None  # text if cut
    request_body = _body(entry.body or b"", masking) if bodies else None
    request_headers, response_headers = (entry.headers, entry.response_headers) if headers else ((), ())
    return {
        "id": entry_id(world, number),
        "at": iso(world.origin.start if entry.at is None else entry.at),
        "method": entry.method,
        "path": masking.target(_target(entry)),
        "operation": entry.operation,
        "status": entry.status,
        "problem": problem,
        "received_at": iso(entry.received_at),
        "duration_ms": round(entry.seconds * 1000, 3),
        **_explained(worlds, world, entry, problem or {}, reason, masking),
        "fault": entry.fault,
        "account": _account(entry),
        "request": {"headers": _headers(request_headers, masking), "body": request_body},
        "response": {"headers": _headers(response_headers, masking), "body": response_body if bodies else None},
    }


def explained(worlds: Worlds, world: Owner, entry: Entry, reason: Callable[[str], Document]) -> Document:
    """Of the entry, what neither its request nor its response says, which is quicker than all of it."""
    problem = _body(entry.response_body, _masking(world)) if _is_problem(entry) else None
    return _explained(worlds, world, entry, problem if isinstance(problem, dict) else {}, reason, _masking(world))


def _explained(
    worlds: Worlds, world: Owner, entry: Entry, problem: Document, reason: Callable[[str], Document], masking: Masking
) -> Document:
    noted = notes(world, entry, masking)
    because = why(worlds, world, entry, problem, noted, masking)
    return {
        "why": because and because._asdict(),
        "reason": reason(entry.rule) if entry.rule else None,
        "notes": noted,
    }


def _masking(world: Owner) -> Masking:
    return Masking(lambda text: world.context.tokens.holder(text) is not None)


def entry_id(world: Owner, number: int) -> str:
    """The id of an entry. It counts within the journal, so that recording a request changes no other id."""
    return generator.uuid(world.seed, world.name, "request", number)


def _account(entry: Entry) -> str | None:
    id = account_id(entry)
    return id.lower() if id is not None and _UUID.fullmatch(id) else None


def _is_problem(entry: Entry) -> bool:
    return (b"content-type", CONTENT_TYPE.encode()) in entry.response_headers


def _target(entry: Entry) -> str:
    """Path and query; an ellipsis shows where one was cut."""
    parts = [entry.path, entry.query] if entry.query else [entry.path]
    texts = [part[:MAX_TARGET].decode("utf-8", "replace") + MASK * (len(part) > MAX_TARGET) for part in parts]
    return "?".join(texts)


def _headers(headers: Headers, masking: Masking) -> dict[str, str]:
    """Values by name; several of one name are joined by commas (RFC 9110, section 5.3)."""
    values: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        value = masking.header(name, raw_value.decode("utf-8", "replace"))
        values[name] = f"{values[name]}, {value}" if name in values else value
    return values


def _body(raw: bytes, masking: Masking) -> Any:
    """The value of a JSON body, else its text; None without a body. An ellipsis shows where it was cut."""
    if not raw:
        return None
    if len(raw) > MAX_BODY:
        return masking.text(raw[:MAX_BODY].decode("utf-8", "replace")) + MASK
    try:
        # Encoded again, so that no escape sequence hides a secret from the masking.
        return orjson.loads(masking.text(orjson.dumps(json_text.parse(raw)).decode()))
    except (json_text.NotJSON, orjson.JSONDecodeError):
        return masking.text(raw.decode("utf-8", "replace"))
