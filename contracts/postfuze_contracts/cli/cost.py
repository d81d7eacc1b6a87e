"""What a run costs, as far as that is known before it starts: measured on the mock."""

from __future__ import annotations

from typing import Any, Final

from postfuze_contracts.model.options import Access, Options
from postfuze_contracts.reports.text import number
from postfuze_mock import spec

#: Requests, and account writes among them, with one key and with all keys and sessions. A test measures them.
ABOUT: Final[dict[str, dict[Access, tuple[tuple[int, int], tuple[int, int]]]]] = {
    "smoke": {
        Access.PASSIVE: ((120, 5), (135, 5)),
        Access.PROBE: ((120, 5), (135, 5)),
        Access.FULL: ((125, 5), (165, 10)),
    },
    "quick": {
        Access.PASSIVE: ((1050, 41), (1250, 45)),
        Access.PROBE: ((1300, 41), (1500, 45)),
        Access.FULL: ((1350, 41), (2050, 125)),
    },
}


def about(options: Options) -> tuple[int, int] | None:
    """The requests and account writes of such a run, or None if nothing is known of them."""
    costs = ABOUT.get(options.profile_name, {}).get(options.access)
    if costs is None or options.only:
        return None
    return costs[options.keys.other_organization is not None]


def announcement(options: Options) -> str | None:
    """What is said before the run starts."""
    cost = about(options)
    if cost is None:
        return None
    requests, writes = cost
    limits: list[dict[str, Any]] = spec.load()["x-rate-limits"]
    waits = [
        ((writes if "methods" in limit else requests) - 1) // int(limit["limit"]) * int(limit["window_seconds"])
        for limit in limits
    ]
    minutes = max(waits) // 60
    effect = f"at least {number(minutes, 'minute')} under the documented rate limits" if minutes else "under a minute"
    return (
        f"{options.profile_name} with access {options.access.name.lower()} takes about {requests:,} requests, {effect}"
    )
