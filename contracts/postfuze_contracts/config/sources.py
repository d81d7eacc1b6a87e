"""Reads values from flags and the environment, with their sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from postfuze_contracts.config import casts
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.config.settings import SETTINGS
from postfuze_fixtures import user_files

T = TypeVar("T")

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*|[a-z_][a-z0-9_]*")
_LOOKS_LIKE_A_KEY = re.compile(r"sk_|whsec_", re.IGNORECASE)
_MAX_QUOTED = 80  # characters of an invalid value in a message


class ConfigError(ValueError):
    """The configuration is invalid. The message says where, why and what would be valid, without any secret."""


@dataclass(frozen=True)
class Value:
    """A value before its cast. Messages begin with `source`, and do not repeat a `private` value. `env:NAME` is looked
    up in `environ`, `file:PATH` in `folder`."""

    raw: Any = field(repr=False)
    source: str
    environ: Mapping[str, str] = field(repr=False)
    folder: Path
    private: bool = False

    def cast(self, cast: Callable[[Any], T]) -> T:
        """The value, looked up if it is a reference, and cast. Raises ConfigError."""
        value = [self._resolve(each) for each in self.raw] if isinstance(self.raw, list) else self._resolve(self.raw)
        try:
            return cast(value)
        except ValueError as error:
            quoted = "" if self.private else f"; it is {str(value)[:_MAX_QUOTED]!r}"
            raise ConfigError(f"{self.source} {error}{quoted}") from None

    def certificates(self) -> str:
        """The certificates in the file of this name, or in the value if that is PEM. Raises ConfigError."""
        name: str = self.cast(casts.text)
        inline = "-----BEGIN" in name
        pem = name if inline else self._contents(name, errors="replace")
        try:
            return casts.certificates(pem)
        except ValueError as error:
            raise ConfigError(f"{self.source}{'' if inline else f': {name}'} {error}") from None

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("env:"):
            return variable(value.removeprefix("env:").strip(), self.source, self.environ)
        if isinstance(value, str) and value.startswith("file:"):
            return self._contents(value.removeprefix("file:").strip())
        return value

    def _contents(self, name: str, errors: str = "strict") -> str:
        path = self.folder / Path(name).expanduser()
        try:
            return user_files.read(path).decode(errors=errors).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"{self.source}: cannot read the file {name}: {reason}") from None


def variable(name: str, source: str, environ: Mapping[str, str]) -> str:
    """The value of an environment variable. Raises ConfigError if it is not set, without a `name` that may be a key."""
    if value := environ.get(name, "").strip():
        return value
    if not _VARIABLE.fullmatch(name) or _LOOKS_LIKE_A_KEY.match(name):
        example = "the name of an environment variable, such as POSTFUZE_KEY"
        raise ConfigError(f"{source} takes {example}, not the key itself")
    if name in environ:
        raise ConfigError(f"{source}: the environment variable {name} is empty")
    near = did_you_mean(name, [each for each in environ if each.startswith("POSTFUZE_")])
    raise ConfigError(f"{source}: the environment variable {name} is not set{near}")


def from_environment(environ: Mapping[str, str], folder: Path) -> dict[str, Value]:
    """The settings in `environ`, by name. An empty variable counts as not set."""
    return {
        name: Value(environ[setting.variable], setting.variable, environ, folder, setting.private)
        for name, setting in SETTINGS.items()
        if environ.get(setting.variable, "").strip()
    }


def from_flags(flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> dict[str, Value]:
    """The settings in `flags`, by name. None counts as absent. Raises ConfigError."""
    refuse_credentials(flags, "proxy")
    values = {
        name: Value(flags[setting.flag], spelling(setting.flag), environ, folder, setting.private)
        for name, setting in SETTINGS.items()
        if setting.flag is not None and flags.get(setting.flag) is not None
    }
    if (name := flags.get("key_env")) is not None:
        key = variable(name, "--key-env", environ)
        values["keys.full"] = Value(key, f"--key-env {name}", environ, folder, private=True)
    return values


def spelling(flag: str) -> str:
    """`--key-env` for `key_env`."""
    return f"--{flag.replace('_', '-')}"


def refuse_credentials(flags: Mapping[str, Any], flag: str) -> None:
    """Raise ConfigError if the proxy URL of this flag contains a user or a password."""
    if "@" in str(flags.get(flag) or ""):
        raise ConfigError(
            f"{spelling(flag)} has a user or a password in it, and everyone on the machine can read arguments; "
            f"put it into a variable: POSTFUZE_CONTRACTS_PROXY, or {spelling(flag)} env:NAME"
        )
