"""Inboxes: what webhooks have sent to `/_mock/inbox/NAME` of this server. They belong to the server, not to a world."""

from __future__ import annotations

import abc
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, Self

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso
from postfuze_mock import json_text
from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.destinations import LOCALHOST, Destination, is_loopback
from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.webhooks.verdict import Signature

#: How many inboxes there are, and how many entries each of them has. Of more, the inbox goes that has received nothing
#: for the longest time, or the oldest entry.
MAX_INBOXES: Final = 1000
MAX_ENTRIES: Final = 1000
#: How many bytes all entries take together. Of more, the oldest go of the inbox that has received nothing for the
#: longest time.
MAX_SIZE: Final = 64 << 20
_PER_ENTRY: Final = 512  # bytes beside what was received
_PER_HEADER: Final = 128
#: The kind of the topic that a reader of an inbox waits for.
TOPIC: Final = "inbox"
_PATH: Final = re.compile(rf"{CONTROL_PATH}/inbox/(?P<name>[A-Za-z0-9_:-]{{1,80}})", re.ASCII)


class Entry(NamedTuple):
    """A delivery as it was received, at `at` (real time, ms). `sender` is the world that sent it, if it is known;
    `number` grows with each entry of the server."""

    number: int
    id: str
    at: int
    event: str | None
    headers: Headers
    body: bytes
    signature: Signature
    sender: str | None

    @classmethod
    def received(cls, number: int, headers: Headers, body: bytes, signature: Signature, sender: str | None) -> Self:
        """The entry of what is received now."""
        event = _event(_json(body))
        return cls(number, id_of(number), real_milliseconds(), event, list(headers), body, signature, sender)

    @property
    def size(self) -> int:
        """The bytes that it takes in memory, about."""
        return _PER_ENTRY + len(self.body) + sum(_PER_HEADER + len(name) + len(value) for name, value in self.headers)

    def to_dict(self) -> dict[str, Any]:
        """As the control API returns it. A header that came several times has one value, joined by commas."""
        headers: dict[str, str] = {}
        for name, value in self.headers:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        return {
            "id": self.id,
            "received_at": iso(self.at),
            "event": self.event,
            "headers": headers,
            "body": self.body.decode("utf-8", "replace"),
            "json": _json(self.body),
            "signature": self.signature._asdict(),
        }


class Inboxes(abc.ABC):
    """The inboxes of a server at `url`. `refusal` says why it has none (None: it has). Anybody may send to them, so
    they are bounded in number, entries and bytes."""

    def __init__(self, url: str, refusal: str | None) -> None:
        self.url = url
        self.refusal = refusal
        self._origins = _origins(url)

    def own(self, url: str) -> str | None:
        """The name of the inbox of this server that a webhook's `url` is: a path alone, or with the server's origin."""
        name = inbox_name(url)
        if name is None or url.startswith(CONTROL_PATH):
            return name
        where = Destination.parse(url)
        return name if where.scheme == "http" and where.origin in self._origins else None

    @abc.abstractmethod
    def revision(self) -> tuple[int, int]:
        """A value that differs after each change."""

    @abc.abstractmethod
    def point(self, world: str, webhooks: Iterable[Webhook]) -> None:
        """Note that a world has these webhooks, and no other."""

    @abc.abstractmethod
    def secrets(self, name: str) -> list[str]:
        """The signing secrets of all webhooks that point to the inbox `name`, in any world."""

    @abc.abstractmethod
    def add(self, name: str, headers: Headers, body: bytes, signature: Signature, sender: str | None = None) -> None:
        """Store a delivery to the inbox `name`. `sender` is the world that sent it, if it is known."""

    @abc.abstractmethod
    def entries(
        self, name: str, event: str | None = None, since: str | None = None, before: int | None = None
    ) -> Iterator[Entry]:
        """The entries of the inbox `name`, newest first: those of an `event`, after the one with the id `since`, or all
        if that is no longer stored, and with a smaller number than `before`."""

    @abc.abstractmethod
    def count(self, name: str, event: str | None = None, since: str | None = None) -> int:
        """How many `entries` there are."""

    @abc.abstractmethod
    def clear(self, name: str) -> None:
        """Empty the inbox `name`."""

    @abc.abstractmethod
    def clear_all(self) -> None:
        """Empty all inboxes."""

    @abc.abstractmethod
    def forget(self, world: str, urls: Iterable[str]) -> None:
        """Empty the inbox of the name of `world`, and those that its webhooks `urls` point to, except for what other
        worlds have sent there."""


def pointing(webhooks: Iterable[Webhook]) -> list[tuple[str, str]]:
    """The names of the inboxes that `webhooks` point to, each with the signing secret."""
    names = ((inbox_name(each.url), each.signing_secret) for each in webhooks)
    return [(name, secret) for name, secret in names if name is not None]


def id_of(number: int) -> str:
    """The id of the entry with this number."""
    return generator.uuid(0, "", TOPIC, number)


def inbox_name(url: str) -> str | None:
    """The name of the inbox that `url`, of whatever host, ends in; None for any other URL."""
    match = _PATH.fullmatch(url[url.rfind(CONTROL_PATH) :]) if CONTROL_PATH in url else None
    if match is None:
        return None
    origin = url.removesuffix(match[0])
    return match["name"] if not origin or re.fullmatch(r"https?://[^/?#]+", origin, re.IGNORECASE) else None


def _origins(url: str) -> set[str]:
    """The origins (`host:port`) that lead to a server at `url`."""
    try:
        own = Destination.parse(f"{url}/")
    except ValueError:  # another ASGI server runs the application, at a host that no URL can name
        return set()
    hosts = [own.host, LOCALHOST] if is_loopback(own.host) else [own.host]
    return {own._replace(host=host).origin for host in hosts}


def _json(body: bytes) -> Any:
    try:
        return json_text.parse(body)
    except json_text.NotJSON:
        return None


def _event(document: Any) -> str | None:
    event = document.get("event") if isinstance(document, dict) else None
    return event if isinstance(event, str) else None
