"""The settings of a mock as keyword arguments, and the command line that they amount to.

They have the names and meanings of the flags of `postfuze-mock serve`; a test compares them with `settings.py`, which
this module must not import, because a user's environment may lack what the server needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from os import PathLike, fspath
from typing import Any, Final, Literal, TypeAlias, TypedDict

File: TypeAlias = str | PathLike[str]

TOKEN_VARIABLE: Final = "POSTFUZE_MOCK_CONTROL_TOKEN"
#: The variables of the settings that are secret: the URL of a database may have a password.
SECRETS: Final = {"control_token": TOKEN_VARIABLE, "state": "POSTFUZE_MOCK_STATE"}


class MockSettings(TypedDict, total=False):
    """What a mock does, however it is served. `assume` maps assumptions to alternatives; `world` is a file, or the name
    of a shipped world; `clock` is `T` or `T,frozen`; `allow_origin` may be empty for none."""

    seed: int
    world: File
    clock: str
    assume: Mapping[str, str]
    assume_file: File
    strict_keys: bool
    rate_limits: bool
    validate_responses: bool
    max_worlds: int
    max_accounts: int
    max_idle: float
    redirect_allow: Sequence[str]
    webhook_url: str
    webhook_allow: Sequence[str]
    allow_origin: Sequence[str]
    allow_host: Sequence[str]
    control_token: str


class ServerSettings(MockSettings, total=False):
    """How a server of its own serves it. The control API stays at the same address, because the client needs it."""

    host: str
    port: int
    log_format: Literal["text", "json"]
    reload: bool
    workers: int
    metrics: bool
    state: str
    state_pool: int
    state_file: File
    state_file_sync: Literal["interval", "always"]
    request_timeout: float
    idle_timeout: float
    max_connections: int


def check_names(arguments: Mapping[str, Any], names: Sequence[str], caller: str) -> None:
    """Raises TypeError, with the nearest name, for an argument that `caller` does not have."""
    for name in arguments:
        if name not in names:
            nearest = get_close_matches(name, names, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(names)}"
            raise TypeError(f"{caller} has no argument {name}; {hint}")


def flags(settings: ServerSettings) -> list[str]:
    """The flags for `settings`, except for those that are `secrets`. Raises TypeError for a `world` that is a
    document."""
    return [flag for name, value in settings.items() if name not in SECRETS for flag in _flags(name, value)]


def secrets(settings: ServerSettings) -> dict[str, str]:
    """The variables for those of `settings` that other users must not see, as they see a command line."""
    return {SECRETS[name]: str(value) for name, value in settings.items() if name in SECRETS and value is not None}


def _flags(name: str, value: Any) -> Iterator[str]:
    flag = f"--{name.replace('_', '-')}"
    if value is None:
        return
    if isinstance(value, bool):
        yield flag if value else flag.replace("--", "--no-", 1)
    elif name == "allow_origin" and not value:
        yield f"{flag}=none"
    elif name == "world" and isinstance(value, Mapping):
        raise TypeError("world is a file, or the name of a shipped one; a document is for reset(world=…)")
    elif isinstance(value, Mapping):
        yield from (f"{flag}={key}={each}" for key, each in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from (f"{flag}={each}" for each in value)
    else:
        yield f"{flag}={fspath(value) if isinstance(value, PathLike) else value}"
