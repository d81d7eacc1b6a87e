"""What an opened engine offers to the rest of the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postfuze_mock.state.engine import Engine
from postfuze_mock.state.store import Store
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.coverage import Coverage
from postfuze_mock.worlds.journal.journal import Journals
from postfuze_mock.worlds.origins import Origins
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.tokens import Tokens
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.webhooks.outbox import Outbox

if TYPE_CHECKING:
    from postfuze_mock.worlds.journal.recorder import Recorder


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An engine, and what is in it.

    `tokens` and `states` find the worlds of session tokens and of link states, `arrivals` tells what came, `journals`
    and `coverage` are of the calls, which `recorder` writes there where processes share the engine. `worlds` makes the
    registry of so many worlds, `new_outbox` the outbox of the world with a store, and `inboxes` those of a server at a
    URL, or the reason why it has none.
    """

    engine: Engine
    tokens: Tokens
    states: Tokens
    arrivals: Arrivals
    journals: Journals
    coverage: Coverage
    recorder: Recorder | None
    worlds: Callable[[Origins, int], Worlds]
    new_outbox: Callable[[Store], Outbox]
    inboxes: Callable[[str, str | None], Inboxes]
