"""Every setting of the server, its default, and where its value may come from.

Precedence: flag, environment (`POSTFUZE_MOCK_…`), `[tool.postfuze-mock]` in pyproject.toml, default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from postfuze_fixtures.suggestions import did_you_mean
from postfuze_fixtures.user_files import parse_toml, read_text
from postfuze_mock import setting_values, state_url
from postfuze_mock.setting_values import Control, LogFormat, StateFileSync

API_PATH = "/api/v1"
CONTROL_PATH = "/_mock"
METRICS_PATH = "/metrics"
PREFIX = "POSTFUZE_MOCK_"
_TABLE = "postfuze-mock"  # in pyproject.toml


class SettingsError(ValueError):
    """A setting is invalid. The message is one sentence: which setting, where it was set, and what would be valid."""


class InvalidSettingError(SettingsError):
    """The value of `setting` is invalid, which only who uses it can tell. `reason` is the sentence without its
    subject."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{_flag_of(setting)} {reason}")
        self.setting = setting
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the server runs. `port` 0 picks a free port; `world` is a file or the name of a shipped world; `clock` is `T`
    or `T,frozen`; `assume` maps assumption ids to alternatives, and wins over those of `assume_file`; `state` says
    where the worlds are (`state_url.parse`), and `state_pool` how many connections to PostgreSQL a process has;
    `workers` is the number of processes; `state_file_sync` says whether a killed server may lose a second of answered
    changes; `metrics` serves `/metrics`; `exit_on_stdin_close` ends the server with the process that holds its stdin, a
    pipe. `redirect_allow` and `webhook_allow` are hosts beyond loopback; `allow_origin` are the web origins that may
    call the API (`*` for all, empty for none); `allow_host` are the names by which the control API may be called.
    `control`, `control_port` and `control_token` say whether (None: only on loopback; `open`: to everybody), where and
    to whom the control API is open. Timeouts are in seconds; 0 means none. `max_worlds` is how many worlds
    are held, `max_accounts` how many accounts each may have, and `max_idle` how long one is held that nobody uses."""

    host: str = "127.0.0.1"
    port: int = 8080
    seed: int = 1
    world: str | None = None
    clock: str | None = None
    assume: Mapping[str, str] = field(default_factory=dict)
    assume_file: str | None = None
    strict_keys: bool = False
    rate_limits: bool = False
    validate_responses: bool = False
    log_format: LogFormat = "text"
    reload: bool = False
    exit_on_stdin_close: bool = False
    workers: int = 1
    metrics: bool = False
    state: str = field(default=state_url.MEMORY, repr=False)
    state_pool: int = 10
    state_file: str | None = None
    state_file_sync: StateFileSync = "interval"
    max_worlds: int = 10_000
    max_accounts: int = 1_000_000
    max_idle: float = 0
    request_timeout: float = 30
    idle_timeout: float = 5
    max_connections: int = 1000
    redirect_allow: tuple[str, ...] = ()
    webhook_url: str | None = None
    webhook_allow: tuple[str, ...] = ()
    allow_origin: tuple[str, ...] = ("*",)
    allow_host: tuple[str, ...] = ()
    control: Control | None = None
    control_port: int | None = None
    control_token: str | None = field(default=None, repr=False)


def read(flags: Mapping[str, Any], environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The effective settings. `flags` are the values of command-line flags by setting, absent or None without the flag;
    other entries are ignored. Raises SettingsError."""
    values = _from_pyproject((folder or Path.cwd()) / "pyproject.toml")
    values |= _from_environment(os.environ if environ is None else environ)
    for name in (each.name for each in fields(Settings)):
        if flags.get(name) is not None:
            values[name] = _cast(name, flags[name], _flag_of(name))
    return _checked(Settings(**values))


def source(setting: str, flags: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> str:
    """Where a setting that is not the default comes from: `--clock`, `POSTFUZE_MOCK_CLOCK` or `pyproject.toml: clock`.
    `flags` are as for `read`."""
    variable = f"{PREFIX}{setting.upper()}"
    if flags.get(setting) is not None:
        return _flag_of(setting)
    if (os.environ if environ is None else environ).get(variable):
        return variable
    return f"pyproject.toml: {setting.replace('_', '-')}"


def _flag_of(setting: str) -> str:
    return f"--{setting.replace('_', '-')}"


def of(values: Mapping[str, Any]) -> Settings:
    """The settings with these values, by name; one that is absent or None has its default. Raises SettingsError."""
    return _checked(Settings(**{name: _cast(name, value, name) for name, value in values.items() if value is not None}))


def _checked(settings: Settings) -> Settings:
    """`settings`, if they go together. Raises InvalidSettingError."""
    place = state_url.parse(settings.state)
    if settings.state_file is not None and place.is_shared:
        raise InvalidSettingError(
            "state_file", f"is for worlds that are in memory: {place.engine} (--state) keeps them itself"
        )
    if settings.max_idle and settings.state_file is not None:
        raise InvalidSettingError("max_idle", "does not go with --state-file, which is there to keep all worlds")
    if settings.workers > 1 and not place.is_shared:
        raise InvalidSettingError(
            "workers",
            "above 1 needs worlds that several processes can share, and memory belongs to one: set --state to "
            "sqlite:///FILE or postgresql://…",
        )
    if settings.workers > 1 and settings.reload:
        raise InvalidSettingError(
            "workers", "above 1 does not go with --reload, because the processes would not reload at the same moment"
        )
    return settings


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    names = {f"{PREFIX}{each.name.upper()}": each.name for each in fields(Settings)}
    for variable, text in environ.items():
        current = variable.replace("POSTFUZE_", PREFIX, 1)
        if not text or variable in _FOREIGN or _KUBERNETES.fullmatch(f"{variable}={text}"):
            continue
        if variable in names:
            values[names[variable]] = _cast(names[variable], text, variable)
        elif variable.startswith(PREFIX.rstrip("_")):
            raise SettingsError(f"there is no setting {variable}{did_you_mean(variable, names)}")
        elif current in names:
            raise SettingsError(f"{variable} has a new name: set {current}")
    return values


def _from_pyproject(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        table = parse_toml(read_text(path))
        for name in ("tool", _TABLE):
            _check_spelling(table, path)
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{path}: {name} must be a table, as in [tool.{_TABLE}]")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    names = {each.name.replace("_", "-"): each.name for each in fields(Settings)}
    for key in table:
        if key not in names:
            raise SettingsError(f"{path}: [tool.{_TABLE}] has no setting {key}{did_you_mean(key, names)}")
    return {names[key]: _cast(names[key], value, f"{path}: {key}") for key, value in table.items()}


def _check_spelling(table: Mapping[str, Any], path: Path) -> None:
    """Raises SettingsError for a table with the name of the Python package, which nobody would read."""
    for name in table:
        if name != _TABLE and name.replace("_", "-").lower() == _TABLE:
            raise SettingsError(f"{path}: there is no table {name}; did you mean [tool.{_TABLE}]?")


def _cast(name: str, value: Any, where: str) -> Any:
    cast_one: Callable[[Any], Any] = _CASTS.get(name, setting_values.text)
    try:
        return cast_one(value)
    except ValueError as error:
        quote = "" if name in _SECRETS else f"; it is {value!r}"
        raise SettingsError(f"{where} {error}{quote}") from error


# Kubernetes and Docker links set these in every container beside a service whose name begins with postfuze-mock.
_KUBERNETES = re.compile(
    r"POSTFUZE_MOCK\w*_(SERVICE_HOST|SERVICE_PORT\w*|PORT_[0-9]+_\w+)=.*|POSTFUZE_MOCK\w*_PORT=\w+://.*"
)
_FOREIGN = frozenset({"POSTFUZE_MOCK_BINARY"})  # the npm package reads it
_SECRETS = frozenset({"control_token", "state"})
_SWITCHES = ("strict_keys", "rate_limits", "validate_responses", "reload", "exit_on_stdin_close", "metrics")
_CASTS: dict[str, Callable[[Any], Any]] = {
    "port": setting_values.port,
    "control_port": setting_values.port,
    "seed": setting_values.seed,
    "request_timeout": setting_values.seconds,
    "idle_timeout": setting_values.seconds,
    "max_connections": setting_values.positive_number,
    "max_worlds": setting_values.positive_number,
    "max_accounts": setting_values.positive_number,
    "max_idle": setting_values.seconds,
    "workers": setting_values.workers,
    "state": setting_values.state,
    "state_pool": setting_values.positive_number,
    "assume": setting_values.assumptions,
    "log_format": setting_values.one_of(get_args(LogFormat)),
    "state_file_sync": setting_values.one_of(get_args(StateFileSync)),
    "allow_origin": setting_values.origins,
    "control": setting_values.control,
    "control_token": setting_values.token,
    "host": setting_values.host,
    **dict.fromkeys(("world", "state_file", "assume_file"), setting_values.file),
    **dict.fromkeys(("redirect_allow", "webhook_allow", "allow_host"), setting_values.texts),
    **dict.fromkeys(_SWITCHES, setting_values.switch),
}
