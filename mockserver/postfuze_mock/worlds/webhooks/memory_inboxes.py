"""The inboxes in this process's memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import takewhile

from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.webhooks import inboxes
from postfuze_mock.worlds.webhooks.inboxes import TOPIC, Entry, Inboxes, inbox_name, pointing
from postfuze_mock.worlds.webhooks.verdict import Signature


class MemoryInboxes(Inboxes):
    """`Inboxes` that tell `arrivals` of each entry."""

    def __init__(self, url: str, refusal: str | None, arrivals: Arrivals) -> None:
        super().__init__(url, refusal)
        self._arrivals = arrivals
        self._inboxes: OrderedDict[str, deque[Entry]] = OrderedDict()  # the one that received something last is last
        self._secrets: dict[str, list[tuple[str, str]]] = {}
        self._size = 0
        self._count = 0

    def revision(self) -> tuple[int, int]:
        return self._count, self._size

    def point(self, world: str, webhooks: Iterable[Webhook]) -> None:
        self._secrets.pop(world, None)
        if pairs := pointing(webhooks):
            self._secrets[world] = pairs

    def secrets(self, name: str) -> list[str]:
        return [secret for pairs in self._secrets.values() for inbox, secret in pairs if inbox == name]

    def add(self, name: str, headers: Headers, body: bytes, signature: Signature, sender: str | None = None) -> None:
        self._count += 1
        entry = Entry.received(self._count, headers, body, signature, sender)
        self._inboxes.setdefault(name, deque()).append(entry)
        self._inboxes.move_to_end(name)
        self._size += entry.size
        self._make_room(name)
        self._arrivals(TOPIC, name)

    def entries(
        self, name: str, event: str | None = None, since: str | None = None, before: int | None = None
    ) -> Iterator[Entry]:
        newest_first = reversed(list(self._inboxes.get(name, ())))
        later = takewhile(lambda entry: entry.id != since, newest_first)
        earlier = (entry for entry in later if before is None or entry.number < before)
        return (entry for entry in earlier if event in (None, entry.event))

    def count(self, name: str, event: str | None = None, since: str | None = None) -> int:
        return sum(1 for _ in self.entries(name, event, since))

    def clear(self, name: str) -> None:
        self._size -= sum(entry.size for entry in self._inboxes.pop(name, ()))

    def clear_all(self) -> None:
        self._inboxes.clear()
        self._size = 0

    def forget(self, world: str, urls: Iterable[str]) -> None:
        self.clear(world)
        for name in filter(None, map(inbox_name, urls)):
            if name in self._inboxes:
                others = [entry for entry in self._inboxes[name] if entry.sender not in (None, world)]
                self.clear(name)
                if others:
                    self._inboxes[name] = deque(others)
                    self._size += sum(entry.size for entry in others)

    def _make_room(self, latest: str) -> None:
        if len(self._inboxes[latest]) > inboxes.MAX_ENTRIES:
            self._drop_oldest(latest)
        if len(self._inboxes) > inboxes.MAX_INBOXES:
            self.clear(next(iter(self._inboxes)))
        while self._size > inboxes.MAX_SIZE:
            self._drop_oldest(next(iter(self._inboxes)))

    def _drop_oldest(self, name: str) -> None:
        self._size -= self._inboxes[name].popleft().size
        if not self._inboxes[name]:
            del self._inboxes[name]
