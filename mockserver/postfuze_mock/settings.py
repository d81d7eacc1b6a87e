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
from typing import Any, Literal, get_args

from postfuze_fixtures.suggestions import did_you_mean
from postfuze_fixtures.user_files import parse_toml, read_text

LogFormat = Literal["text", "json"]
StateFileSync = Literal["interval", "always"]
Control = bool | Literal["open"]

API_PATH = "/api/v1"
CONTROL_PATH = "/_mock"
PREFIX = "POSTFUZE_MOCK_"
MAX_SEED = 9_007_199_254_740_991  # as in the schemas of states and world files


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
    or `T,frozen`; `assume` maps assumption ids to alternatives, and wins over those of `assume_file`; `state_file_sync`
    says whether a killed server may lose a second of answered changes; `exit_on_stdin_close` ends the server with the
    process that holds its stdin, a pipe. `redirect_allow` and `webhook_allow` are hosts
    beyond loopback; `allow_origin` are the web origins that may call the API (`*` for all, empty for none);
    `allow_host` are the names by which the control API may be called. `control`, `control_port` and `control_token` say
    whether (None: only on loopback; `open`: to everybody), where and to whom the control API is open. Timeouts are in
    seconds; 0 means none. `max_worlds` is how many worlds are held."""

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
    state_file: str | None = None
    state_file_sync: StateFileSync = "interval"
    max_worlds: int = 10_000
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
    return Settings(**values)


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
    return Settings(**{name: _cast(name, value, name) for name, value in values.items() if value is not None})


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
        for name in ("tool", "postfuze-mock"):
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{path}: {name} must be a table, as in [tool.postfuze-mock]")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    names = {each.name.replace("_", "-"): each.name for each in fields(Settings)}
    for key in table:
        if key not in names:
            raise SettingsError(f"{path}: [tool.postfuze-mock] has no setting {key}{did_you_mean(key, names)}")
    return {names[key]: _cast(names[key], value, f"{path}: {key}") for key, value in table.items()}


def _cast(name: str, value: Any, where: str) -> Any:
    cast_one: Callable[[Any], Any] = _CASTS.get(name, _text)
    try:
        return cast_one(value)
    except ValueError as error:
        quote = "" if name in _SECRETS else f"; it is {value!r}"
        raise SettingsError(f"{where} {error}{quote}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004 - one kind of error for all invalid settings
    return value


def whole_number(value: Any) -> int:
    """`value` as an integer; ValueError otherwise."""
    if isinstance(value, bool) or not _WHOLE_NUMBER.fullmatch(str(value).strip()):
        raise ValueError("must be a whole number")
    return int(value)


def seed(value: Any) -> int:
    """`value` as a seed, which every JSON parser reads as it is; ValueError otherwise."""
    number = whole_number(value)
    if abs(number) > MAX_SEED:
        raise ValueError(f"must be from -{MAX_SEED} to {MAX_SEED}")
    return number


def positive_number(value: Any) -> int:
    """`value` as an integer of at least 1; ValueError otherwise."""
    number = whole_number(value)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def seconds(value: Any) -> float:
    """`value` as a number of seconds; ValueError otherwise."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", str(value), re.ASCII):
        raise ValueError("must be a number of seconds, such as 30 or 0.5; 0 is no limit")
    return float(value)


def port(value: Any) -> int:
    """`value` as a TCP port; ValueError otherwise."""
    number = whole_number(value)
    if not 0 <= number <= 65535:
        raise ValueError("must be a port from 0 to 65535")
    return number


def _host(value: Any) -> str:
    """`value` as a host name or an address; ValueError otherwise."""
    text = _text(value)
    if not 0 < len(text) <= 255 or re.search(r"[^0-9A-Za-z._:%-]|\.\.|^\.", text):
        raise ValueError("must be a host name or an IP address")
    return text


def _file(value: Any) -> str:
    """`value` as the path of a file; ValueError otherwise."""
    text = _text(value)
    if "\0" in text or len(text) > _MAX_PATH:
        raise ValueError(f"must be a path of at most {_MAX_PATH} characters, none of them NUL")
    return text


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def control(value: Any) -> Control:
    """`value` as a choice of who may use the control API; ValueError otherwise."""
    if value == "open":
        return "open"
    try:
        return _flag(value)
    except ValueError:
        raise ValueError("must be true, false or open") from None


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(_text(each) for each in value)
    return tuple(part.strip() for part in _text(value).split(",") if part.strip())


def _origins(value: Any) -> tuple[str, ...]:
    """Web origins as browsers write them; `*` stays, `none` becomes an empty tuple."""
    origins = tuple(each.lower() for each in _texts(value))
    if origins in (("*",), ("none",)):
        return tuple(each for each in origins if each == "*")
    if not origins or not all(_ORIGIN.fullmatch(each) for each in origins):
        raise ValueError("must be scheme://host[:port] as in http://localhost:3000, or just * or none")
    return tuple(each.removesuffix(_PORT_OF_SCHEME.get(each.partition(":")[0], "")) for each in origins)


def _token(value: Any) -> str:
    if not re.fullmatch(r"[!-~]+", _text(value)):
        raise ValueError("must not be empty, and have only visible ASCII characters, because it is sent as a header")
    return str(value)


def _one_of(words: tuple[str, ...]) -> Callable[[Any], Any]:
    def cast_one(value: Any) -> Any:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return cast_one


def _assumptions(value: Any) -> dict[str, str]:
    """A mapping from `ID=ALTERNATIVE,…`, a list of these, or a TOML table."""
    if isinstance(value, Mapping):
        return {str(id): str(alternative) for id, alternative in value.items()}
    pairs = [part.partition("=") for text in _texts(value) for part in _texts(text)]
    if not all(id and alternative for id, _, alternative in pairs):
        raise ValueError("must be ID=ALTERNATIVE, or several of these with commas between them")
    return {id: alternative for id, _, alternative in pairs}


_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,100}")
# RFC 6454, section 6.2, without the port that the scheme implies.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_PORT_OF_SCHEME = {"http": ":80", "https": ":443"}
# Kubernetes and Docker links set these in every container beside a service whose name begins with postfuze-mock.
_KUBERNETES = re.compile(
    r"POSTFUZE_MOCK\w*_(SERVICE_HOST|SERVICE_PORT\w*|PORT_[0-9]+_\w+)=.*|POSTFUZE_MOCK\w*_PORT=\w+://.*"
)
_FOREIGN = frozenset({"POSTFUZE_MOCK_BINARY"})  # the npm package reads it
_MAX_PATH = 4096
_SECRETS = frozenset({"control_token"})
_SWITCHES = ("strict_keys", "rate_limits", "validate_responses", "reload", "exit_on_stdin_close")
_CASTS: dict[str, Callable[[Any], Any]] = {
    "port": port,
    "control_port": port,
    "seed": seed,
    "request_timeout": seconds,
    "idle_timeout": seconds,
    "max_connections": positive_number,
    "max_worlds": positive_number,
    "assume": _assumptions,
    "log_format": _one_of(get_args(LogFormat)),
    "state_file_sync": _one_of(get_args(StateFileSync)),
    "allow_origin": _origins,
    "control": control,
    "control_token": _token,
    "host": _host,
    **dict.fromkeys(("world", "state_file", "assume_file"), _file),
    **dict.fromkeys(("redirect_allow", "webhook_allow", "allow_host"), _texts),
    **dict.fromkeys(_SWITCHES, _flag),
}
