"""The entries of a journal as the lever shows them: readable, and without secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso
from postfuze_mock.problems import CONTENT_TYPE
from postfuze_mock.worlds.journal.journal import BODY_BOUND, TARGET_BOUND, Entry, Headers
from postfuze_mock.worlds.journal.masking import MASK, Masking
from postfuze_mock.worlds.world import World

Document = dict[str, Any]


def shown(world: World, number: int, entry: Entry, rule_text: Callable[[str], str]) -> Document:
    """The entry of this number in the journal of `world`; `rule_text` says a rule's own words."""
    masking = Masking(lambda text: world.server.tokens.holder(text) is not None)
    answer = _body(entry.answer, masking)
    return {
        "id": entry_id(world, number),
        "at": iso(world.begun if entry.at is None else entry.at),
        "method": entry.method,
        "path": masking.target(_target(entry)),
        "operation": entry.operation,
        "status": entry.status,
        "problem": answer if _is_problem(entry) and isinstance(answer, dict) else None,  # one may have been cut
        "duration_ms": round(entry.seconds * 1000, 3),
        "reason": {"rule": entry.rule, "detail": rule_text(entry.rule)} if entry.rule else None,
        "fault": entry.fault,
        "request": {"headers": _headers(entry.headers, masking), "body": _body(entry.sent or b"", masking)},
        "response": {"headers": _headers(entry.answer_headers, masking), "body": answer},
    }


def entry_id(world: World, number: int) -> str:
    """The id of an entry. Its count is the journal's own, so that noting a request changes no other id."""
    return generator.uuid(world.seed, world.name, "request", number)


def _is_problem(entry: Entry) -> bool:
    return (b"content-type", CONTENT_TYPE.encode()) in entry.answer_headers


def _target(entry: Entry) -> str:
    """Path and query; what was cut ends with an ellipsis."""
    parts = [entry.path, entry.query] if entry.query else [entry.path]
    texts = [part[:TARGET_BOUND].decode("utf-8", "replace") + MASK * (len(part) > TARGET_BOUND) for part in parts]
    return "?".join(texts)


def _headers(headers: Headers, masking: Masking) -> dict[str, str]:
    """Values by name; several of one name with commas between them (RFC 9110, section 5.3)."""
    shown: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        value = masking.header(name, raw_value.decode("utf-8", "replace"))
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def _body(raw: bytes, masking: Masking) -> Any:
    """The value where it is JSON, else a text; None for none. One that was cut ends with an ellipsis."""
    if not raw:
        return None
    if len(raw) > BODY_BOUND:
        return masking.text(raw[:BODY_BOUND].decode("utf-8", "replace")) + MASK
    try:
        # Written anew, so that no escape hides anything from the masking.
        return orjson.loads(masking.text(orjson.dumps(orjson.loads(raw)).decode()))
    except orjson.JSONDecodeError:
        return masking.text(raw.decode("utf-8", "replace"))
