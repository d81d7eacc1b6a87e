"""Bodies without what is about people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from postfuze_contracts.model.operations import PENDING
from postfuze_contracts.reports.placeholders import Placeholders
from postfuze_mock import spec

#: What is about people, by schema of openapi.yaml.
OF_PEOPLE: Final = {
    "SocialAccount": ("network_unique_id", "username", "display_name", "profile_image_url"),
    "PendingPage": ("id", "name", "username", "profilePictureUrl"),
    "ConnectedAccount": ("nickname", "username"),
    "MetricsSnapshot": ("raw",),
}
#: Their names, as members and as query parameters. `id` is not among them: an account's own id is nobody's.
PERSONAL: Final = frozenset(name for names in OF_PEOPLE.values() for name in names if name != "id") | {
    "networkUniqueId"
}
_PAGES, _SELECTED, _FLAWS = "availablePages", "selectedPageIds", "errors"
# Members of few, well-known values: a person called `active` must not make them unreadable.
_PLAIN: Final = frozenset(
    {"account_type", "accountType", "code", "error_code", "network", "platform", "scopes", "source", "status", "title"}
)
_WORD: Final = re.compile(r"[a-z_]{1,12}")


class Bodies:
    """Masks bodies; `text` masks what people wrote, such as the detail of a problem."""

    def __init__(self, people: Placeholders, text: Callable[[str], str]) -> None:
        self._people = people
        self._text = text

    def sent(self, body: bytes) -> bytes:
        """A request's body. What is no JSON was made up by a check and shows, but for known values."""
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return self._text(body.decode()).encode() if _is_text(body) else body
        masked = self._walk(document, "", frozenset(), strange=False)
        return body if masked == document else _encoded(masked)

    def received(self, body: bytes, operation: str, status: int) -> bytes:
        """An answer's body. What is no JSON does not show, for nothing tells what is in it."""
        if not body.strip():
            return body
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return f"‹{len(body):,} bytes that are no JSON›".encode()
        within = frozenset({_PAGES}) if operation == PENDING else frozenset[str]()
        return _encoded(self._walk(document, "", within, strange=status < 400))

    def _walk(self, value: Any, name: str, within: frozenset[str], *, strange: bool) -> Any:
        """`value` masked. `name` is its member, `within` are the members around it; with `strange`, texts of members
        that openapi.yaml does not describe are masked too."""
        if isinstance(value, dict):
            inside = within | {name}
            return {
                self._people.find(member) or member: self._member(member, each, inside, strange)
                for member, each in value.items()
            }
        if isinstance(value, list):
            return [self._member(name, each, within, strange) for each in value]
        return self._leaf(value, name, strange) if isinstance(value, str) else value

    def _member(self, name: str, value: Any, within: frozenset[str], strange: bool) -> Any:
        page_id = name == _SELECTED or (name == "id" and _PAGES in within)
        if page_id and not isinstance(value, list):
            return self._hidden("page id", value)
        if name in PERSONAL and not (name == "name" and _FLAWS in within):
            return self._hidden(name, value)
        return self._walk(value, name, within, strange=strange)

    def _hidden(self, kind: str, value: Any) -> Any:
        """The placeholder of a value; its type shows, and whether it is null or empty does."""
        if value is None or isinstance(value, bool) or value in ("", {}, []):
            return value
        if isinstance(value, str):
            return self._people.give(kind, value)
        note = "" if kind == "raw" and isinstance(value, dict) else f", {_TYPES.get(type(value), 'value')}"
        if isinstance(value, (dict, list)):
            self._learn(kind, value)
        written = (repr(value), json.dumps(value), json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        return self._people.give(kind, json.dumps(value, sort_keys=True), note=note, also=written)

    def _learn(self, kind: str, value: Any) -> None:
        """Know the texts within a hidden value, should they turn up elsewhere."""
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, (dict, list)):
                self._learn(kind, each)
            elif isinstance(each, str) and each and not _WORD.fullmatch(each):
                self._people.give(f"of {kind}", each)

    def _leaf(self, value: str, name: str, strange: bool) -> str:
        known = None if name in _PLAIN else self._people.find(value)
        if known is not None:
            return known
        if strange and value and name and name not in _described():
            return self._people.give(name, value)
        return self._text(value) if " " in value or "/" in value or not strange else value


_TYPES: Final = {int: "number", float: "number", dict: "object", list: "array"}


@cache
def _described() -> frozenset[str]:
    """The names of all members in openapi.yaml."""
    found: set[str] = set()

    def look(node: object) -> None:
        if isinstance(node, dict):
            properties = node.get("properties")
            found.update(properties if isinstance(properties, dict) else ())
            for each in node.values():
                look(each)
        elif isinstance(node, list):
            for each in node:
                look(each)

    look(spec.load()["components"]["schemas"])
    return frozenset(found)


def _encoded(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
