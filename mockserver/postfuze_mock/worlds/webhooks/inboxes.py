"""Inboxes: what webhooks have sent to `/_mock/inbox/NAME` of this server. They belong to the server, not to a world."""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any, Final, NamedTuple

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso
from postfuze_mock import json_text
from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.destinations import LOCALHOST, Destination, is_loopback
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.arrivals import Arrivals
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


class Inboxes:
    """The inboxes of a server at `url`. `refusal` says why it has none (None: it has). Anybody may send to them, so
    they are bounded in number, entries and bytes."""

    def __init__(self, url: str, refusal: str | None, arrivals: Arrivals) -> None:
        self.url = url
        self.refusal = refusal
        self._arrivals = arrivals
        self._origins = _origins(url)
        self._inboxes: OrderedDict[str, deque[Entry]] = OrderedDict()  # the one that received something last is last
        self._size = 0
        self._count = 0

    def revision(self) -> tuple[int, int]:
        """A value that differs after each change."""
        return self._count, self._size

    def own(self, url: str) -> str | None:
        """The name of the inbox of this server that a webhook's `url` is: a path alone, or with the server's origin."""
        name = inbox_name(url)
        if name is None or url.startswith(CONTROL_PATH):
            return name
        where = Destination.parse(url)
        return name if where.scheme == "http" and where.origin in self._origins else None

    def add(self, name: str, headers: Headers, body: bytes, signature: Signature, sender: str | None = None) -> None:
        """Store a delivery to the inbox `name`."""
        self._count += 1
        id = generator.uuid(0, "", TOPIC, self._count)
        event = _event(_json(body))
        entry = Entry(self._count, id, real_milliseconds(), event, list(headers), body, signature, sender)
        self._inboxes.setdefault(name, deque()).append(entry)
        self._inboxes.move_to_end(name)
        self._size += entry.size
        self._make_room(name)
        self._arrivals(TOPIC, name)

    def entries(self, name: str, event: str | None = None, since: str | None = None) -> Iterator[Entry]:
        """The entries of the inbox `name`, newest first: those of an `event`, and after the one with the id `since`, or
        all if that is no longer stored."""
        newest_first = reversed(list(self._inboxes.get(name, ())))
        later = takewhile(lambda entry: entry.id != since, newest_first)
        return (entry for entry in later if event in (None, entry.event))

    def clear(self, name: str) -> None:
        """Empty the inbox `name`."""
        self._size -= sum(entry.size for entry in self._inboxes.pop(name, ()))

    def clear_all(self) -> None:
        """Empty all inboxes."""
        self._inboxes.clear()
        self._size = 0

    def forget(self, world: str, urls: Iterable[str]) -> None:
        """Empty the inbox of the name of `world`, and those that its webhooks `urls` point to, except for what other
        worlds have sent there."""
        self.clear(world)
        for name in filter(None, map(inbox_name, urls)):
            if name in self._inboxes:
                others = [entry for entry in self._inboxes[name] if entry.sender not in (None, world)]
                self.clear(name)
                if others:
                    self._inboxes[name] = deque(others)
                    self._size += sum(entry.size for entry in others)

    def _make_room(self, latest: str) -> None:
        if len(self._inboxes[latest]) > MAX_ENTRIES:
            self._drop_oldest(latest)
        if len(self._inboxes) > MAX_INBOXES:
            self.clear(next(iter(self._inboxes)))
        while self._size > MAX_SIZE:
            self._drop_oldest(next(iter(self._inboxes)))

    def _drop_oldest(self, name: str) -> None:
        self._size -= self._inboxes[name].popleft().size
        if not self._inboxes[name]:
            del self._inboxes[name]


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
