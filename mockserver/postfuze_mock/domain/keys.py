"""Parses API keys: the mode, the world that a key opens, its status and its scopes."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Status = Literal["active", "revoked", "expired"]

ALL_SCOPES = frozenset({"*"})
_KEY = re.compile(r"sk_(?P<mode>live|test)_(?P<name>[A-Za-z0-9_-]+?)(?P<suffix>_readonly|_revoked|_expired)?", re.ASCII)
_MAX_NAME = 64
#: A longer name may be part of a real key.
MAX_SHOWN = 24
_DOCUMENTED = ("sk_live_…", "sk_test_…")  # as the curl examples of the documents print it


class Key(NamedTuple):
    """A well-formed key; `name` is the name of its world."""

    mode: str
    name: str
    status: Status = "active"
    scopes: frozenset[str] = ALL_SCOPES


def parse(text: str) -> Key | None:
    """The key in `text`; None for a malformed one."""
    if text in _DOCUMENTED:
        return Key(text[3:7], "demo")
    match = _KEY.fullmatch(text)
    if match is None or len(match["name"]) > _MAX_NAME:
        return None
    key = Key(match["mode"], match["name"])
    match match["suffix"]:
        case "_readonly":
            return key._replace(scopes=frozenset())
        case "_revoked":
            return key._replace(status="revoked")
        case "_expired":
            return key._replace(status="expired")
    return key


def masked(name: str) -> str:
    """`name` for logs and lists: a long one is shortened, because it may be part of a real key."""
    return name if len(name) <= MAX_SHOWN else f"{name[:6]}…{name[-2:]}"
