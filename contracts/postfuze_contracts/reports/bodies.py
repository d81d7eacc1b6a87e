"""Masks personal data in bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from postfuze_contracts.model import documents
from postfuze_contracts.model.operations import PENDING
from postfuze_contracts.reports.placeholders import Placeholders
from postfuze_mock import spec

#: The members with personal data, by schema of openapi.yaml.
PERSONAL_MEMBERS: Final = {
    "SocialAccount": ("network_unique_id", "username", "display_name", "profile_image_url"),
    "PendingPage": ("id", "name", "username", "profilePictureUrl"),
    "ConnectedAccount": ("nickname", "username"),
    "MetricsSnapshot": ("raw",),
}
#: Their names, as members and as query parameters, without `id`: an account's own id is not personal.
PERSONAL: Final = frozenset(name for names in PERSONAL_MEMBERS.values() for name in names if name != "id") | {
    "networkUniqueId"
}
_PAGES, _SELECTED, _ERRORS = "availablePages", "selectedPageIds", "errors"
# Members with few, well-known values, which must stay readable even if a person is called `active`.
_NOT_PERSONAL: Final = frozenset(
    {"account_type", "accountType", "code", "error_code", "network", "platform", "scopes", "source", "status", "title"}
)
_WORD: Final = re.compile(r"[a-z_]{1,12}")


class Bodies:
    """Masks bodies. `text` masks prose, such as the detail of a problem."""

    def __init__(self, people: Placeholders, text: Callable[[str], str]) -> None:
        self._people = people
        self._text = text

    def of_request(self, body: bytes) -> bytes:
        """The masked body of a request. If it is not JSON, a check made it up, and only known values are masked."""
        try:
            document = documents.parse(body)
        except ValueError:
            return self._text(body.decode()).encode() if _is_text(body) else body
        result = self._walk(document, "", frozenset(), mask_unknown=False)
        return body if result == document else _encoded(result)

    def of_response(self, body: bytes, operation: str, status: int) -> bytes:
        """The masked body of a response. If it is not JSON, it is replaced, because its content is unknown."""
        if not body.strip():
            return body
        try:
            document = documents.parse(body)
        except ValueError:
            return f"‹{len(body):,} bytes that are not JSON›".encode()
        within = frozenset({_PAGES}) if operation == PENDING else frozenset[str]()
        return _encoded(self._walk(document, "", within, mask_unknown=status < 400))

    def _walk(self, value: Any, name: str, within: frozenset[str], *, mask_unknown: bool) -> Any:
        """The masked `value` of the member `name`, inside the members `within`. `mask_unknown` also masks strings of
        members that openapi.yaml does not describe."""
        if isinstance(value, dict):
            inside = within | {name}
            return {
                self._name(member): self._member(member, each, inside, mask_unknown) for member, each in value.items()
            }
        if isinstance(value, list):
            return [self._member(name, each, within, mask_unknown) for each in value]
        return self._leaf(value, name, mask_unknown) if isinstance(value, str) else value

    def _name(self, name: str) -> str:
        """The masked name of a member. Those of the contract are not personal, even if a person has such a name."""
        return name if name in _spec_members() else self._people.find(name) or name

    def _member(self, name: str, value: Any, within: frozenset[str], mask_unknown: bool) -> Any:
        page_id = name == _SELECTED or (name == "id" and _PAGES in within)
        if page_id and not isinstance(value, list):
            return self._placeholder("page id", value)
        if name in PERSONAL and not (name == "name" and _ERRORS in within):
            return self._placeholder(name, value)
        return self._walk(value, name, within, mask_unknown=mask_unknown)

    def _placeholder(self, kind: str, value: Any) -> Any:
        """The placeholder of a value, with its type. Null and empty values stay as they are."""
        if value is None or isinstance(value, bool) or value in ("", {}, []):
            return value
        if isinstance(value, str):
            return self._people.add(kind, value)
        note = "" if kind == "raw" and isinstance(value, dict) else f", {_type(value)}"
        if isinstance(value, (dict, list)):
            self._learn(kind, value)
        spellings = (repr(value), json.dumps(value), json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        return self._people.add(kind, json.dumps(value, sort_keys=True), note=note, also=spellings)

    def _learn(self, kind: str, value: Any) -> None:
        """Add the strings within a masked value, because they may occur elsewhere."""
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, (dict, list)):
                self._learn(kind, each)
            elif isinstance(each, str) and each and not _WORD.fullmatch(each):
                self._people.add(f"of {kind}", each)

    def _leaf(self, value: str, name: str, mask_unknown: bool) -> str:
        placeholder = None if name in _NOT_PERSONAL else self._people.find(value)
        if placeholder is not None:
            return placeholder
        if mask_unknown and value and name and name not in _spec_members():
            return self._people.add(name, value, word=bool(_WORD.fullmatch(value)))
        return self._text(value) if " " in value or "/" in value or not mask_unknown else value


def _type(value: object) -> str:
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "number"


@cache
def _spec_members() -> frozenset[str]:
    """The names of all members in openapi.yaml."""
    return frozenset(_properties(spec.load()["components"]["schemas"]))


def _properties(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        properties = node.get("properties")
        yield from properties if isinstance(properties, dict) else ()
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _properties(child)


def _encoded(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
