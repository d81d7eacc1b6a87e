"""The engine in the memory of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from postfuze_mock.engines.opened import Opened
from postfuze_mock.state.memory.engine import MemoryEngine
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.coverage import MemoryCoverage
from postfuze_mock.worlds.journal.memory_journal import MemoryJournals
from postfuze_mock.worlds.memory_worlds import MemoryWorlds
from postfuze_mock.worlds.tokens import MemoryTokens
from postfuze_mock.worlds.webhooks.memory_inboxes import MemoryInboxes
from postfuze_mock.worlds.webhooks.memory_outbox import MemoryOutbox


def in_memory(reserved: Callable[[], Mapping[str, str]]) -> Opened:
    """An empty engine; `reserved` returns the session tokens that files name, with their worlds."""
    engine, arrivals = MemoryEngine(), Arrivals()
    return Opened(
        engine=engine,
        tokens=MemoryTokens(reserved),
        states=MemoryTokens(),
        arrivals=arrivals,
        journals=MemoryJournals(),
        coverage=MemoryCoverage(),
        recorder=None,
        worlds=partial(MemoryWorlds, engine),
        new_outbox=lambda _: MemoryOutbox(),
        inboxes=partial(MemoryInboxes, arrivals=arrivals),
    )
