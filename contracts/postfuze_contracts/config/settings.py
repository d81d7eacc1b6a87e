"""All settings, with their keys in contracts.toml, environment variables and flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from postfuze_contracts.config import casts

FILE_NAME: Final = "contracts.toml"
PREFIX: Final = "POSTFUZE_CONTRACTS_"  # of the harness's own variables; POSTFUZE_URL and POSTFUZE_KEY… are shared
FILE_VARIABLE: Final = "POSTFUZE_CONTRACTS_CONFIG"
ASSUME_FILE_VARIABLE: Final = "POSTFUZE_CONTRACTS_ASSUME_FILE"


@dataclass(frozen=True)
class Setting:
    """A setting. `name` is `table.key`, or has no dot if the file does not have it. Messages do not repeat a `private`
    value."""

    name: str
    cast: Callable[[Any], Any]
    variable: str
    flag: str | None = None
    private: bool = False


SETTINGS: Final = {
    setting.name: setting
    for setting in (
        Setting("target.url", casts.url, "POSTFUZE_URL", "url", private=True),
        Setting("target.proxy", casts.proxy, "POSTFUZE_CONTRACTS_PROXY", "proxy", private=True),
        Setting("target.ca_bundle", casts.text, "POSTFUZE_CONTRACTS_CA_BUNDLE", "ca_bundle", private=True),
        Setting("target.probe", casts.tokens, "POSTFUZE_CONTRACTS_PROBE"),
        Setting("keys.full", casts.token, "POSTFUZE_KEY", private=True),
        Setting("keys.read_only", casts.token, "POSTFUZE_KEY_READ_ONLY", private=True),
        Setting("keys.other_scope", casts.token, "POSTFUZE_KEY_OTHER_SCOPE", private=True),
        Setting("keys.revoked", casts.token, "POSTFUZE_KEY_REVOKED", private=True),
        Setting("keys.expired", casts.token, "POSTFUZE_KEY_EXPIRED", private=True),
        Setting("keys.other_organization", casts.token, "POSTFUZE_KEY_OTHER_ORGANIZATION", private=True),
        Setting("sessions.fresh", casts.tokens, "POSTFUZE_CONTRACTS_SESSIONS_FRESH", private=True),
        Setting("sessions.command", casts.text, "POSTFUZE_CONTRACTS_SESSIONS_COMMAND", private=True),
        Setting("sessions.expired", casts.token, "POSTFUZE_CONTRACTS_SESSIONS_EXPIRED", private=True),
        Setting("sessions.tenant", casts.text, "POSTFUZE_CONTRACTS_SESSIONS_TENANT"),
        Setting("allow.writes", casts.flag, "POSTFUZE_CONTRACTS_ALLOW_WRITES", "allow_writes"),
        Setting("allow.exhaust_limits", casts.flag, "POSTFUZE_CONTRACTS_ALLOW_EXHAUST_LIMITS"),
        Setting("limits.rate", casts.amount, "POSTFUZE_CONTRACTS_RATE", "rate"),
        Setting("limits.max_time", casts.amount, "POSTFUZE_CONTRACTS_MAX_TIME", "max_time"),
        Setting("limits.max_requests", casts.count, "POSTFUZE_CONTRACTS_MAX_REQUESTS", "max_requests"),
        Setting("limits.connections", casts.count, "POSTFUZE_CONTRACTS_CONNECTIONS", "connections"),
        Setting("limits.timeout", casts.amount, "POSTFUZE_CONTRACTS_TIMEOUT", "timeout"),
        Setting("limits.max_response", casts.count, "POSTFUZE_CONTRACTS_MAX_RESPONSE", "max_response"),
        Setting("limits.settle", casts.duration, "POSTFUZE_CONTRACTS_SETTLE"),
        Setting("reports.site", casts.site, "POSTFUZE_CONTRACTS_SITE", "site"),
        Setting("access", casts.access, "POSTFUZE_CONTRACTS_ACCESS", "access"),
        Setting("profile", casts.profile, "POSTFUZE_CONTRACTS_PROFILE", "profile"),
        Setting("seed", casts.whole, "POSTFUZE_CONTRACTS_SEED", "seed"),
    )
}

#: The keys of each table of the file; `waivers` is an array of tables.
TABLES: Final[dict[str, tuple[str, ...]]] = {
    table: tuple(name.partition(".")[2] for name in SETTINGS if name.startswith(f"{table}."))
    for table in ("target", "keys", "sessions", "allow", "limits", "reports")
} | {"waivers": ("statement", "reason", "owner", "expires"), "assume": casts.assumptions()}

#: The former names of the harness's variables, without the prefix, and their present names.
OLD_VARIABLES: Final[dict[str, str]] = {
    variable.replace(PREFIX, "POSTFUZE_"): variable
    for variable in (FILE_VARIABLE, *(setting.variable for setting in SETTINGS.values()))
    if variable.startswith(PREFIX)
}
