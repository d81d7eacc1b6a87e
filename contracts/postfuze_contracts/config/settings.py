"""Every setting: where it stands in contracts.toml, which variable and which flag say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from postfuze_contracts.config import casts


@dataclass(frozen=True)
class Setting:
    """A setting. `name` is `table.key`, without a dot for what the file does not have; `shown` says whether its value
    may stand in a message."""

    name: str
    cast: Callable[[Any], Any]
    variable: str
    flag: str | None = None
    shown: bool = True


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("target.url", casts.url, "POSTFUZE_URL", "url", shown=False),
        Setting("target.proxy", casts.proxy, "POSTFUZE_PROXY", "proxy", shown=False),
        Setting("target.ca_bundle", casts.text, "POSTFUZE_CA_BUNDLE", "ca_bundle", shown=False),
        Setting("target.probe", casts.tokens, "POSTFUZE_PROBE"),
        Setting("keys.full", casts.token, "POSTFUZE_KEY", shown=False),
        Setting("keys.read_only", casts.token, "POSTFUZE_KEY_READ_ONLY", shown=False),
        Setting("keys.revoked", casts.token, "POSTFUZE_KEY_REVOKED", shown=False),
        Setting("keys.expired", casts.token, "POSTFUZE_KEY_EXPIRED", shown=False),
        Setting("keys.other_organization", casts.token, "POSTFUZE_KEY_OTHER_ORGANIZATION", shown=False),
        Setting("sessions.fresh", casts.tokens, "POSTFUZE_SESSIONS_FRESH", shown=False),
        Setting("sessions.command", casts.text, "POSTFUZE_SESSIONS_COMMAND", shown=False),
        Setting("sessions.expired", casts.token, "POSTFUZE_SESSIONS_EXPIRED", shown=False),
        Setting("allow.writes", casts.flag, "POSTFUZE_ALLOW_WRITES", "allow_writes"),
        Setting("allow.exhaust_limits", casts.flag, "POSTFUZE_ALLOW_EXHAUST_LIMITS"),
        Setting("limits.rate", casts.amount, "POSTFUZE_RATE", "rate"),
        Setting("limits.max_time", casts.amount, "POSTFUZE_MAX_TIME", "max_time"),
        Setting("limits.max_requests", casts.count, "POSTFUZE_MAX_REQUESTS", "max_requests"),
        Setting("limits.connections", casts.count, "POSTFUZE_CONNECTIONS", "connections"),
        Setting("access", casts.access, "POSTFUZE_ACCESS", "access"),
        Setting("profile", casts.profile, "POSTFUZE_PROFILE", "profile"),
        Setting("seed", casts.whole, "POSTFUZE_SEED", "seed"),
    )
}

#: Tables of the file with their keys; `waivers` is an array of tables.
TABLES: dict[str, tuple[str, ...]] = {
    table: tuple(name.partition(".")[2] for name in SETTINGS if name.startswith(f"{table}."))
    for table in ("target", "keys", "sessions", "allow", "limits")
} | {"waivers": ("statement", "reason", "owner", "expires")}
