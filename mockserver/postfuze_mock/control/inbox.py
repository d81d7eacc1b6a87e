"""Inboxes: they receive webhooks, so that no test needs a receiver of its own."""

from __future__ import annotations

from postfuze_mock.control.paging import number_after, page
from postfuze_mock.control.waiting import Waiting, once_any
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks.inboxes import TOPIC, Entry
from postfuze_mock.worlds.webhooks.receipt import receive
from postfuze_mock.worlds.world import World


def receive_webhook(worlds: Worlds, _world: World | None, name: str, headers: Headers, body: bytes) -> None:
    receive(worlds.context.inboxes, name, headers, body)


def list_inbox(
    world: World,
    name: str,
    limit: int,
    wait: float,
    event: str | None = None,
    since: str | None = None,
    cursor: str | None = None,
) -> bytes | Waiting:
    before = number_after(world, f"inbox {name}", cursor)
    inboxes, chosen = world.context.inboxes, (name, event, since and since.lower())

    def has_any() -> bool:
        return next(inboxes.entries(*chosen), None) is not None

    def answer() -> bytes:
        numbered = ((entry.number, entry) for entry in inboxes.entries(*chosen, before))
        total = inboxes.count(*chosen)
        return page(world, f"inbox {name}", numbered, Entry.to_dict, limit, total=total, oldest_first=True)

    return once_any(has_any, answer, 0 if cursor else wait, world.context.arrivals, (TOPIC, name))


def clear_inbox(world: World, name: str) -> None:
    world.context.inboxes.clear(name)
