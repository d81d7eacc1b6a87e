"""`--show-journal`: the calls that the API refused, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from postfuze_mock.client import Mock
from postfuze_mock.client.fields import Json
from postfuze_mock.client.reasons import reasons

MAX_SHOWN: Final = 20
_MAX_READ: Final = 1000


def last_call(mock: Mock) -> str | None:
    """The id of the newest entry of the journal of all worlds (None: it is empty). Raises MockError."""
    calls = mock.list_requests(all=True, bodies=False, limit=1)
    return calls[-1]["id"] if calls else None


def refused_calls(mock: Mock, since: str | None = None) -> list[Json]:
    """The journal's entries of all worlds, later than `since`, that were refused or dropped, the newest last. Raises
    MockError."""
    return mock.list_requests(all=True, status="refused", since=since, limit=_MAX_READ)


def heading(calls: Sequence[Json]) -> str:
    """How many calls were refused, in one sentence."""
    if not calls:
        return "the API refused no call"
    more = len(calls) - MAX_SHOWN
    last = f"; the last {MAX_SHOWN}, and {more} more" if more > 0 else ""
    return f"the API refused {len(calls)} call{'s' if len(calls) > 1 else ''}{last}:"


def lines(calls: Sequence[Json]) -> Iterator[str]:
    """The last of the calls, a few lines each."""
    for call in calls[-MAX_SHOWN:]:
        problem = call["problem"] if isinstance(call["problem"], dict) else {}
        yield (
            f"  {_time(call)}  {call['world']}  {call['method']} {call['path']}"
            f" → {call['status'] or 'dropped'} {problem.get('code', '')}".rstrip()
        )
        yield from (f"      {reason}" for reason in reasons(call))


def _time(call: Json) -> str:
    """When the call came in, in the time of this machine."""
    return datetime.fromisoformat(call["received_at"]).astimezone().strftime("%H:%M:%S")
