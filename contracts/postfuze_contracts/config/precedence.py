"""Flags, environment and file together, as the options of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from postfuze_contracts.config import waivers
from postfuze_contracts.config.problems import ConfigError
from postfuze_contracts.config.settings import SETTINGS
from postfuze_contracts.config.sources import Given, variable
from postfuze_contracts.config.statements import chosen, observable
from postfuze_contracts.config.toml_file import TomlFile
from postfuze_contracts.model.options import Access, Keys, Options, Secret, Sessions
from postfuze_contracts.target.sessions import FreshSessions

FILE_NAME = "contracts.toml"


@dataclass(frozen=True)
class Asked:
    """What a command was asked to do. `options.url` is empty, and its full key None, where nobody gave them."""

    options: Options
    require: tuple[str, ...] = ()


def read(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    folder: Path,
    tell: Callable[[str], None] = lambda _: None,
) -> Asked:
    """What `flags` (absent or None: not given), `environ` and the file in `folder` ask for. `tell` hears of a session
    command that fails later. Raises ConfigError."""
    file = _file(flags, environ, folder)
    given = (file.settings() if file else {}) | _from_environment(environ, folder) | _from_flags(flags, environ, folder)
    values = {name: each.as_(SETTINGS[name].cast) for name, each in given.items()}
    only = chosen("--only", flags["only"]) if flags.get("only") is not None else ()
    options = Options(
        url=values.get("target.url", ""),
        keys=Keys(**{each.name: _secret(values, f"keys.{each.name}") for each in fields(Keys)}),
        sessions=_sessions(values, tell),
        access=_access(flags, given, values),
        probe=values.get("target.probe"),
        waivers=waivers.read(file) if file else (),
        only=only,
        exhaust_limits=values.get("allow.exhaust_limits", False),
        proxy=_secret(values, "target.proxy"),
        certificates=given["target.ca_bundle"].pem() if "target.ca_bundle" in given else None,
        **{name: values[name] for name in ("profile", "seed") if name in values},
        **{name.removeprefix("limits."): value for name, value in values.items() if name.startswith("limits.")},
    )
    return Asked(options, _required(flags.get("require"), only))


def _file(flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> TomlFile | None:
    named = flags.get("config") or environ.get("POSTFUZE_CONFIG")
    if named:
        return TomlFile(Path(named), folder, environ)
    return TomlFile(Path(FILE_NAME), folder, environ) if (folder / FILE_NAME).exists() else None


def _from_environment(environ: Mapping[str, str], folder: Path) -> dict[str, Given]:
    return {
        name: Given(environ[setting.variable], setting.variable, environ, folder, setting.shown)
        for name, setting in SETTINGS.items()
        if environ.get(setting.variable, "").strip()
    }


def _from_flags(flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> dict[str, Given]:
    given = {
        name: Given(flags[setting.flag], f"--{setting.flag.replace('_', '-')}", environ, folder, setting.shown)
        for name, setting in SETTINGS.items()
        if setting.flag is not None and flags.get(setting.flag) is not None
    }
    refuse_password(flags, "proxy")
    if (named := flags.get("key_env")) is not None:
        key = variable(named, "--key-env", environ)
        given["keys.full"] = Given(key, f"--key-env {named}", environ, folder, shown=False)
    return given


def refuse_password(flags: Mapping[str, Any], flag: str) -> None:
    """ConfigError where a proxy's URL has a user or a password in it and was given as an argument."""
    if "@" in str(flags.get(flag) or ""):
        place = f"--{flag.replace('_', '-')}"
        raise ConfigError(
            f"{place} has a user or a password in it, and everyone on the machine can read arguments; "
            f"put it into a variable: POSTFUZE_PROXY, or {place} env:NAME"
        )


def _access(flags: Mapping[str, Any], given: Mapping[str, Given], values: Mapping[str, Any]) -> Access:
    """The access asked for: by flag, else by variable, else by the file; `writes` is short for full."""
    if flags.get("access") not in (None, "full") and flags.get("allow_writes"):
        raise ConfigError(f"--allow-writes is short for --access full, and --access {flags['access']} was given too")
    writes = Access.FULL if values.get("allow.writes") else None
    named = Access[values["access"].upper()] if "access" in values else None
    if named is None or writes is None:
        return next((each for each in (named, writes) if each is not None), Access.PASSIVE)
    ranks = {name: _rank(given[name]) for name in ("access", "allow.writes")}
    if ranks["access"] == ranks["allow.writes"] and named is not Access.FULL:
        raise ConfigError(f"{given['access'].place} and {given['allow.writes'].place} say different things")
    return named if ranks["access"] <= ranks["allow.writes"] else writes


def _rank(given: Given) -> int:
    """0 for a flag, 1 for a variable, 2 for the file."""
    return 0 if given.place.startswith("--") else 1 if given.place.startswith("POSTFUZE_") else 2


def _secret(values: Mapping[str, Any], name: str) -> Secret | None:
    return Secret(values[name], name) if name in values else None


def _sessions(values: Mapping[str, Any], tell: Callable[[str], None]) -> Sessions:
    fresh = FreshSessions(values.get("sessions.fresh", ()), values.get("sessions.command"), tell)
    return Sessions(fresh, _secret(values, "sessions.expired"))


def _required(names: str | None, only: tuple[str, ...]) -> tuple[str, ...]:
    if names is None:
        return ()
    if names.strip() == "all":
        return only or observable()
    required = chosen("--require", names)
    left_out = [id for id in required if only and id not in only]
    if left_out:
        raise ConfigError(f"--require names {left_out[0]}, which --only leaves out")
    return required
