"""The inboxes in an engine that several processes share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import orjson

from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.state.inboxes import Bounds, InboxEntries, InboxRow
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.webhooks import inboxes
from postfuze_mock.worlds.webhooks.inboxes import TOPIC, Entry, Inboxes, id_of, inbox_name, pointing
from postfuze_mock.worlds.webhooks.verdict import Signature


class SharedInboxes(Inboxes):
    """`Inboxes` in `rows`, to be used in transactions; after each that adds an entry they tell `arrivals`."""

    def __init__(
        self,
        url: str,
        refusal: str | None,
        arrivals: Arrivals,
        rows: InboxEntries,
        after_commit: Callable[[Callable[[], None]], None],
    ) -> None:
        super().__init__(url, refusal)
        self._arrivals = arrivals
        self._rows = rows
        self._after_commit = after_commit

    def revision(self) -> tuple[int, int]:
        return self._rows.totals()

    def point(self, world: str, webhooks: Iterable[Webhook]) -> None:
        self._rows.point(world, pointing(webhooks))

    def secrets(self, name: str) -> list[str]:
        return self._rows.secrets(name)

    def add(self, name: str, headers: Headers, body: bytes, signature: Signature, sender: str | None = None) -> None:
        entry = Entry.received(0, headers, body, signature, sender)
        self._rows.add(name, entry.size, partial(_row, entry), self._bounds())
        self._after_commit(partial(self._arrivals, TOPIC, name))

    @staticmethod
    def _bounds() -> Bounds:
        return Bounds(inboxes.MAX_INBOXES, inboxes.MAX_ENTRIES, inboxes.MAX_SIZE)

    def entries(
        self, name: str, event: str | None = None, since: str | None = None, before: int | None = None
    ) -> Iterator[Entry]:
        return map(_entry, self._rows.newest_first(name, _encoded(event), since, before))

    def count(self, name: str, event: str | None = None, since: str | None = None) -> int:
        return self._rows.count(name, _encoded(event), since)

    def clear(self, name: str) -> None:
        self._rows.clear(name)

    def clear_all(self) -> None:
        self._rows.clear_all()

    def forget(self, world: str, urls: Iterable[str]) -> None:
        self._rows.clear(world)
        for name in filter(None, map(inbox_name, urls)):
            self._rows.clear(name, of=world)


def _row(entry: Entry, number: int) -> InboxRow:
    """The row of an entry, once its number is known."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in entry.headers]
    head = orjson.dumps({"at": entry.at, "headers": headers, "signature": [*entry.signature]})
    return InboxRow(number, id_of(number), entry.size, entry.sender, _encoded(entry.event), head, entry.body)


def _entry(row: InboxRow) -> Entry:
    head = orjson.loads(row.head)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]]
    event, signature = None if row.event is None else row.event.decode(), Signature(*head["signature"])
    return Entry(row.number, row.id, head["at"], event, headers, row.body, signature, row.sender)


def _encoded(event: str | None) -> bytes | None:
    return None if event is None else event.encode()
