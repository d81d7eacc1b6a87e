"""Judges that a key that was never issued is refused: keys derived from the given one, which resemble it.

What may be another real key is not derived: a digit becomes a letter and a letter a digit, and a cut takes a letter
with the digits, because an organization may well have the keys `…key`, `…key1` and `…key2`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from postfuze_contracts.checks.auth.keyed_calls import expect_refused, key_of, keyed_calls
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.model.options import Keys
from postfuze_contracts.target.target import Target

_PREFIX = re.compile("sk_(?:live_|test_)?")
_OTHER_MODE = {"sk_live_": "sk_test_", "sk_test_": "sk_live_"}
_DIGITS = "0123456789"
_FILLER = "7q"  # hardly the rest of another key


@check("auth.unknown", needs=(needs.UNKNOWN_KEYS,))
def keys_that_were_never_issued(target: Target, judge: Judge) -> None:
    """List with keys that resemble the given one: a character changed, cut, added, in another case. Call each operation
    with one of them."""
    require(not accepts_unknown_keys(target), needs.UNKNOWN_KEYS)
    derived = _never_issued(target)
    for description, key in derived:
        expect_refused(target, judge, "auth.unknown", _call(target, LIST, description, key, query={"limit": "1"}))
    description, key = derived[0]
    for operation, arguments in keyed_calls(target):
        exchange = _call(target, operation, description, key, **arguments)
        expect_refused(target, judge, "auth.unknown", exchange)


@check(assumes=("keys.other-mode",))
def the_key_of_the_other_mode(target: Target, judge: Judge) -> None:
    """List with the given key's counterpart of the other mode, which may have been issued or not."""
    full = target.secret("full")
    assert full is not None
    prefix = _prefix(full.value)
    key = _OTHER_MODE.get(prefix, "") + full.value.removeprefix(prefix)
    if prefix not in _OTHER_MODE or key in _given(target):
        return
    exchange = _call(target, LIST, "the prefix of the other mode", key, query={"limit": "1"})
    if exchange.status in (200, 401):
        judge.observe("keys.other-mode", "accepted" if exchange.status == 200 else "refused", exchange)


def accepts_unknown_keys(target: Target) -> bool:
    """Whether the target says that it accepts any well-formed key."""
    service = target.service_health()
    return service is not None and service.response.headers.get("x-unknown-keys", "").strip().lower() == "accepted"


def _call(target: Target, operation: str, description: str, key: str, **arguments: Any) -> Exchange:
    alias = f"Bearer ‹the key, but {description}›"
    return target.call(operation, authorization=f"Bearer {key}", alias=alias, **arguments)


def _never_issued(target: Target) -> list[tuple[str, str]]:
    """Descriptions of derived keys, with the keys. Those that were given are left out."""
    full = target.secret("full")
    assert full is not None
    return [each for each in derivations(full.value) if each[1] not in _given(target)]


def _given(target: Target) -> set[str]:
    keys = [key_of(target, each.name) for each in fields(Keys)]
    return {key.value for key in keys if key is not None}


def derivations(key: str) -> Iterator[tuple[str, str]]:
    """Keys that resemble `key`, each once, with descriptions of the difference."""
    prefix = _prefix(key)
    name = key.removeprefix(prefix)
    distinct: set[str] = {key}
    for description, other in _changes(prefix, name):
        if other not in distinct and other.startswith("sk_"):
            distinct.add(other)
            yield description, other


def _changes(prefix: str, name: str) -> Iterator[tuple[str, str]]:
    for place, at in (("last", len(name) - 1), ("first", 0), ("middle", len(name) // 2)):
        if name:
            yield f"with another {place} character", prefix + name[:at] + _another(name[at]) + name[at + 1 :]
    yield "without its last characters", prefix + name.rstrip(_DIGITS)[:-1]
    yield "without its first characters", prefix + name.lstrip(_DIGITS)[1:]
    yield "with more characters at its end", prefix + name + _FILLER
    yield "with more characters after its prefix", prefix + _FILLER + name
    yield "with two thousand characters more", prefix + name + _FILLER * 1000
    yield "with a quotation mark", f"{prefix}{name}' OR '1'='1"
    yield "in the other case", prefix + name.swapcase()
    yield "with its prefix in capitals", "sk_" + prefix.removeprefix("sk_").upper() + name
    if prefix in _OTHER_MODE:
        yield "of a mode that does not exist", f"sk_{_FILLER}{_FILLER}_{name}"


def _another(character: str) -> str:
    return "q" if character.isdigit() else "7"


def _prefix(key: str) -> str:
    match = _PREFIX.match(key)
    return match[0] if match else ""
