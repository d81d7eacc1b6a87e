"""Every setting of the server and its default, and where each may come from.

Precedence: flag, environment (`POSTFUZE_…`), `[tool.postfuze-mock]` in pyproject.toml, default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, cast, get_args

LogFormat = Literal["text", "json"]

API_PATH = "/api/v1"
CONTROL_PATH = "/_mock"


class SettingsError(ValueError):
    """A setting that cannot be: the message says which, where it stood and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the server runs. `port` 0 picks a free one; `world` is a file or the name of a shipped world; `clock` is
    `T` or `T,frozen`; `assume` maps assumption ids to alternatives. `redirect_allow` and `webhook_allow` are hosts
    beyond loopback, `allow_origin` the web origins that may call the API (`*`: all, none: none), `allow_host` the names
    by which the levers may be called; `control` (None: where only this machine reaches them), `control_port` and
    `control_token` say whether, where and to whom."""

    host: str = "127.0.0.1"
    port: int = 8080
    seed: int = 1
    world: str | None = None
    clock: str | None = None
    assume: Mapping[str, str] = field(default_factory=dict)
    strict_keys: bool = False
    rate_limits: bool = False
    validate_responses: bool = False
    log_format: LogFormat = "text"
    reload: bool = False
    state_file: str | None = None
    redirect_allow: tuple[str, ...] = ()
    webhook_url: str | None = None
    webhook_allow: tuple[str, ...] = ()
    allow_origin: tuple[str, ...] = ("*",)
    allow_host: tuple[str, ...] = ()
    control: bool | None = None
    control_port: int | None = None
    control_token: str | None = field(default=None, repr=False)


def read(flags: Mapping[str, Any], environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings in force. `flags` holds the flags that were given (others absent or None); values from elsewhere
    are texts or TOML values. Raises SettingsError."""
    values: dict[str, Any] = {}
    values |= _from_pyproject((folder or Path.cwd()) / "pyproject.toml")
    values |= _from_environment(os.environ if environ is None else environ)
    given = {name: value for name, value in flags.items() if value is not None}
    values |= {name: _cast(name, value, f"--{name.replace('_', '-')}") for name, value in given.items()}
    return Settings(**values)


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {f"POSTFUZE_{each.name.upper()}": each.name for each in fields(Settings)}
    return {name: _cast(name, environ[key], key) for key, name in names.items() if environ.get(key)}


def _from_pyproject(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for name in ("tool", "postfuze-mock"):
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{path}: {name} must be a table, as in [tool.postfuze-mock]")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    known = [each.name.replace("_", "-") for each in fields(Settings)]
    for key in table:
        if key not in known:
            hint = "".join(f"; did you mean {name}?" for name in get_close_matches(key, known, n=1))
            raise SettingsError(f"{path}: [tool.postfuze-mock] has no setting {key}{hint}")
    return {k.replace("-", "_"): _cast(k.replace("-", "_"), v, f"{path}: {k}") for k, v in table.items()}


def _cast(name: str, value: Any, where: str) -> Any:
    cast_one: Callable[[Any], Any] = _CASTS.get(name, _text)
    try:
        return cast_one(value)
    except ValueError as error:
        shown = "" if name in _SECRET else f"; it is {value!r}"
        raise SettingsError(f"{where} {error}{shown}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004 - one kind of error for every bad setting
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not str(value).strip().lstrip("-").isdecimal():
        raise ValueError("must be a whole number")
    return int(value)


def port(value: Any) -> int:
    """`value` as a TCP port; ValueError otherwise."""
    number = _whole(value)
    if not 0 <= number <= 65535:
        raise ValueError("must be a port from 0 to 65535")
    return number


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def _several(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(_text(each) for each in value)
    return tuple(part.strip() for part in _text(value).split(",") if part.strip())


def _origins(value: Any) -> tuple[str, ...]:
    """Web origins as a browser writes them; `*` stays, `none` becomes no origin at all."""
    given = tuple(each.lower() for each in _several(value))
    if given in (("*",), ("none",)):
        return tuple(each for each in given if each == "*")
    if not given or not all(_ORIGIN.fullmatch(each) for each in given):
        raise ValueError("must be scheme://host[:port] as in http://localhost:3000, or * or none by itself")
    return tuple(each.removesuffix(_PORT_OF_SCHEME.get(each.partition(":")[0], "")) for each in given)


def _token(value: Any) -> str:
    if not re.fullmatch(r"[!-~]+", _text(value)):
        raise ValueError("must not be empty, and of visible ASCII characters, for it is sent as a header")
    return str(value)


def _log_format(value: Any) -> LogFormat:
    if value not in get_args(LogFormat):
        raise ValueError(f"must be one of {', '.join(get_args(LogFormat))}")
    return cast(LogFormat, value)


def assumptions(value: Any) -> dict[str, str]:
    """`ID=ALTERNATIVE,…` (or a TOML table) as a mapping; ValueError otherwise."""
    if isinstance(value, Mapping):
        return {str(id): str(alternative) for id, alternative in value.items()}
    pairs = [part.strip().partition("=") for part in _text(value).split(",") if part.strip()]
    if not all(id and alternative for id, _, alternative in pairs):
        raise ValueError("must be ID=ALTERNATIVE, several with commas between them")
    return {id: alternative for id, _, alternative in pairs}


# RFC 6454, section 6.2, without the port that the scheme has anyway.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_PORT_OF_SCHEME = {"http": ":80", "https": ":443"}
_SECRET = frozenset({"control_token"})
_CASTS: dict[str, Callable[[Any], Any]] = {
    "port": port,
    "control_port": port,
    "seed": _whole,
    "assume": assumptions,
    "log_format": _log_format,
    "allow_origin": _origins,
    "control_token": _token,
    **dict.fromkeys(("redirect_allow", "webhook_allow", "allow_host"), _several),
    **dict.fromkeys(("strict_keys", "rate_limits", "validate_responses", "reload", "control"), _flag),
}
