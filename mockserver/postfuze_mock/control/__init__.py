"""The control API below `/_mock`: handlers like those of `api/`, for the specification in `openapi.yaml` beside
them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from postfuze_mock.control import accounts, coverage, events, faults, inbox, requests, worlds
from postfuze_mock.control.worlds import get_mock_health
from postfuze_mock.worlds.registry import Worlds

Handler = Callable[..., Any]

#: Handlers of one world.
_OF_A_WORLD: Final[tuple[Handler, ...]] = (
    worlds.get_state,
    worlds.put_state,
    worlds.get_clock,
    worlds.put_clock,
    worlds.advance_clock,
    worlds.list_upcoming,
    accounts.search_accounts,
    accounts.get_account,
    accounts.create_account,
    accounts.patch_account,
    accounts.delete_account,
    accounts.restore_account,
    accounts.get_account_answers,
    accounts.list_snapshots,
    accounts.create_snapshots,
    accounts.create_session,
    accounts.list_sessions,
    faults.list_faults,
    faults.create_fault,
    faults.delete_faults,
    faults.delete_fault,
    requests.delete_requests,
    requests.get_journal_settings,
    requests.put_journal_settings,
    events.list_events,
    events.create_event,
    events.get_event,
    events.redeliver_event,
    events.get_webhooks,
    events.put_webhooks,
    inbox.list_inbox,
    inbox.clear_inbox,
)
#: Handlers whose first argument is the registry of all worlds.
_OF_ALL_WORLDS: Final[tuple[Handler, ...]] = (
    worlds.list_worlds,
    worlds.get_world,
    worlds.reset_world,
    requests.list_requests,
    requests.get_request,
    coverage.get_coverage,
    coverage.delete_coverage,
    inbox.receive_webhook,
)


def handlers(worlds: Worlds, connections: Callable[[], int | None]) -> dict[str, Handler]:
    """The handlers for `worlds`, by operationId in snake case. `connections` returns how many are open, if known."""
    result: dict[str, Handler] = {handler.__name__: handler for handler in _OF_A_WORLD}
    result |= {handler.__name__: partial(handler, worlds) for handler in _OF_ALL_WORLDS}
    return result | {"get_mock_health": partial(get_mock_health, worlds, connections)}
