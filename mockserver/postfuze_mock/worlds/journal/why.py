"""Why a call was answered as it was, in one plain sentence. It is made when the journal is read, so that it costs a
call nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from postfuze_mock import spec
from postfuze_mock.domain import keys
from postfuze_mock.domain.faults.faults import ANY
from postfuze_mock.domain.keys import Key, masked
from postfuze_mock.settings import API_PATH
from postfuze_mock.worlds.journal.journal import MAX_TARGET, Entry
from postfuze_mock.worlds.journal.masking import Masking
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.unbuilt import Unbuilt
from postfuze_mock.worlds.world import World

_MAX_ID: Final = 80  # characters that are repeated of a malformed id
_BUCKETS: Final = {each["id"]: each for each in spec.load()["x-rate-limits"]}
_API_PATHS: Final = tuple({f"/{each.path.split('/')[1]}" for each in spec.operations().values()})
_DELETED: Final = "This account was deleted from world {world}."
_USED: Final = "This session was finalized already, and a session can be finalized only once."
_NEVER_ISSUED: Final = "No world of this server has a session with this token."
_EXPIRED: Final = "This session has expired: start the connect flow again, or mint another session."
#: Where the problem's own words do not say enough. `{bearer}` is what was sent as the key.
_SENTENCES: Final[Mapping[str, str]] = {
    "auth.missing": "Refused: no key was sent. Send the header Authorization: Bearer sk_test_NAME.",
    "auth.malformed": "Refused: the header Authorization must be Bearer, a space, and a key like sk_test_NAME.",
    "get.deleted": _DELETED,
    "delete.again": _DELETED,
    "deleted.inspection": _DELETED,
    "connect.once": _USED,
    "finalize.used-session": _USED,
    "connect.unknown-session": _NEVER_ISSUED,
    "finalize.unknown-session": _NEVER_ISSUED,
    "connect.expired-session": _EXPIRED,
    "finalize.expired-session": _EXPIRED,
    "connect.at-least-one": "Refused: selectedPageIds must name at least one page of the session.",
    "list.cursor-signed": "Refused: cursor must be the next_cursor of a page of this world, unchanged.",
    "faults.preferred": "The call asked for this {status} itself, with its header Prefer.",
}
_UNKNOWN_ACCOUNT: Final = frozenset(
    {"get.unknown", "health.unknown", "delete.unknown", "metrics.unknown", "isolation.status"}
)


class Why(NamedTuple):
    """The sentence; for an account that another world has, the name of that world."""

    sentence: str
    other_world: str | None = None


class _Call(NamedTuple):
    worlds: Worlds
    world: World | Unbuilt
    entry: Entry
    problem: Mapping[str, Any]
    masking: Masking


def why(
    worlds: Worlds, world: World | Unbuilt, entry: Entry, problem: Mapping[str, Any], notes: list[str], masking: Masking
) -> Why | None:
    """Why `entry`, a call to `world`, failed, or what its caller should know about a success; None if there is nothing.
    `problem` is the problem document of the response, empty without one."""
    call = _Call(worlds, world, entry, problem, masking)
    refusal = None if entry.rule in (None, "faults.scripted") else _refusal(call)
    sentences = [refusal.sentence] if refusal else []
    if entry.fault is not None:
        sentences.append(_fault(world, entry))
    elif entry.status is None:
        sentences.append("The connection ended before the response.")
    if refusal is None:
        sentences += notes[:1]
    return Why(" ".join(sentences), refusal.other_world if refusal else None) if sentences else None


def account_id(entry: Entry) -> str | None:
    """The id in the path of a call about an account, as it was sent; None for other calls."""
    if entry.operation is None:
        return None
    template = _template(entry.operation)
    if "{id}" not in template:
        return None
    segments = entry.path.decode("utf-8", "replace").split("/")[-len(template) :]
    return unquote(segments[template.index("{id}")])


@cache
def _template(operation: str) -> list[str]:
    """The segments of the operation's path."""
    return spec.operations()[operation].path.split("/")


def _refusal(call: _Call) -> Why:
    rule = call.entry.rule or ""
    if rule in _UNKNOWN_ACCOUNT:
        return _unknown_account(call)
    sentence = _SENTENCES.get(rule)
    if sentence is not None:
        return Why(sentence.format(world=masked(call.world.name), status=call.entry.status))
    composed = _COMPOSED.get(rule)
    if composed is not None:
        return Why(composed(call))
    bucket = _BUCKETS.get(rule.removeprefix("limits."))
    return Why(_refused(call) if bucket is None else _too_many(call, bucket))


def _refused(call: _Call) -> str:
    """The problem's own words, after a colon."""
    detail = _detail(call)
    return f"Refused: {detail[0].lower()}{detail[1:]}" if detail[1].islower() else f"Refused: {detail}"


def _detail(call: _Call) -> str:
    detail = str(call.problem.get("detail") or call.problem.get("title") or f"status {call.entry.status}")
    return detail if detail.endswith((".", "?")) else f"{detail}."


def _unknown_path(call: _Call) -> str:
    """Without the path of the API before it, a path is one of the API's own."""
    path = call.masking.target(call.entry.path[:MAX_TARGET].decode("utf-8", "replace"))
    if path.startswith(_API_PATHS):
        return f"There is nothing at {path}; did you mean {API_PATH}{path}?"
    return _detail(call)


def _unknown_account(call: _Call) -> Why:
    worlds, world = call.worlds, call.world
    here = f"No account with this id in world {masked(world.name)}"
    id = (account_id(call.entry) or "").lower()
    if isinstance(world, Unbuilt) or world.store.get(id) is not None:
        return Why(f"{here} at that time.")
    holder = worlds.holder_of_account(id)
    if holder is None:
        return Why(f"{here}.")
    is_key = not worlds.context.strict_keys and masked(holder) == holder
    return Why(f"{here}; world {masked(holder)} has one.", holder if is_key else None)


def _malformed_id(call: _Call) -> str:
    id = call.masking.text((account_id(call.entry) or "")[:_MAX_ID])
    return f"`{id}` is no account id: an id is a UUID."


def _unknown_key(call: _Call) -> str:
    if _key(call.entry) is None:
        return "Refused: a key is sk_test_NAME or sk_live_NAME, NAME being 1 to 64 of A-Z, a-z, 0-9, _ and -."
    return "Refused: the world file does not list this key, and --strict-keys accepts no other."


def _inactive(state: str) -> Callable[[_Call], str]:
    def sentence(call: _Call) -> str:
        key = _key(call.entry)
        because = f", because its name ends in _{state}" if key is not None and key.status == state else ""
        return f"Refused: the key is {state}{because}."

    return sentence


def _no_scope(call: _Call) -> str:
    key = _key(call.entry)
    because = " Its name ends in _readonly." if key is not None and key.scopes != keys.ALL_SCOPES else ""
    return _refused(call).replace("this API key", "the key") + because


def _too_many(call: _Call, bucket: Mapping[str, Any]) -> str:
    headers = dict(call.entry.response_headers)
    wait = headers.get(b"retry-after", b"").decode("latin-1")
    what = "calls" if bucket.get("scope") == "keyed" else "calls that change accounts"
    limit = f"{bucket['limit']} {what} in {bucket['window_seconds']} s"
    return f"Refused by the rate limit: more than {limit}" + (f"; try again in {wait} s." if wait else ".")


def _key(entry: Entry) -> Key | None:
    """The key that was sent, if it is well-formed."""
    header = dict(entry.headers).get(b"authorization", b"").decode("utf-8", "replace")
    return keys.parse(header.removeprefix("Bearer "))


_COMPOSED: Final[Mapping[str, Callable[[_Call], str]]] = {
    "ids.malformed-path": _malformed_id,
    "paths.unknown": _unknown_path,
    "paths.not-mocked": _detail,
    "paths.method": _detail,
    "keys.unknown": _unknown_key,
    "auth.revoked": _inactive("revoked"),
    "auth.expired": _inactive("expired"),
    "auth.write-scopes": _no_scope,
    "auth-url.scope": _no_scope,
}


def _fault(world: World | Unbuilt, entry: Entry) -> str:
    fault = None if isinstance(world, Unbuilt) else world.faults.by_id.get(entry.fault or "")
    if fault is None:
        return f"A fault that is no longer set {_outcome(entry, {})}."
    calls = "every call" if fault.operation == ANY else fault.operation
    name = f"The fault “{fault.title}”" if fault.preset else f"A fault that was set for {calls}"
    return f"{name} {_outcome(entry, fault.effect)}."


def _outcome(entry: Entry, effect: Mapping[str, Any]) -> str:
    """What a fault did to a call."""
    if entry.status is None:
        return "dropped the connection"
    if entry.rule == "faults.scripted":
        return f"answered with {entry.status}"
    if "corrupt" in effect:
        return f"corrupted {effect['corrupt']['path']} in the response"
    if "delay_ms" in effect:
        return "delayed the response"
    return "was on during this call"
