"""Combines flags, environment and file into the options of a run. The nearest source that sets a value counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from postfuze_contracts.config import casts, pins_file, variables
from postfuze_contracts.config.settings import ASSUME_FILE_VARIABLE, FILE_NAME, FILE_VARIABLE, SETTINGS
from postfuze_contracts.config.sources import ConfigError, Value, from_environment, from_flags
from postfuze_contracts.config.toml_file import TomlFile
from postfuze_contracts.model.options import Access, Keys, Options, Pin, Secret, Sessions
from postfuze_contracts.target.sessions import FreshSessions


def read(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    folder: Path,
    warn: Callable[[str], None] = lambda _: None,
) -> Options:
    """The options of a run from `flags` (None counts as absent), `environ` and the file in `folder`. Without a source
    for them, `url` is empty and the full key None. `warn` gets a message if the session command fails later. Raises
    ConfigError."""
    variables.refuse_old_names(environ)
    file = _file(flags, environ, folder)
    sources = from_flags(flags, environ, folder), from_environment(environ, folder), file.settings() if file else {}
    every = [value for source in sources for value in source.values()]
    variables.refuse_unknown(environ, variables.references(flags, every))
    nearest = {name: value for source in reversed(sources) for name, value in source.items()}
    values = {name: value.cast(SETTINGS[name].cast) for name, value in nearest.items()}
    only = _statements(flags, "only")
    pins = (file.pins() if file else {}) | _pins(flags, environ, folder)
    return Options(
        url=values.get("target.url", ""),
        keys=Keys(**{each.name: _secret(values, f"keys.{each.name}") for each in fields(Keys)}),
        sessions=_sessions(values, warn),
        access=_access(sources),
        probe=values.get("target.probe"),
        waivers=file.waivers() if file else (),
        only=only,
        require=_required(flags, only, pins),
        strict=bool(flags.get("strict")),
        site=values.get("reports.site"),
        pins=pins,
        exhaust_limits=values.get("allow.exhaust_limits", False),
        proxy=_secret(values, "target.proxy"),
        certificates=nearest["target.ca_bundle"].certificates() if "target.ca_bundle" in nearest else None,
        **_profile(values.get("profile", "quick")),
        **{name: values[name] for name in ("seed",) if name in values},
        **{name.removeprefix("limits."): value for name, value in values.items() if name.startswith("limits.")},
    )


def _profile(name: str) -> dict[str, Any]:
    return {"profile": "quick" if name == "smoke" else name, "smoke": name == "smoke"}


def _file(flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> TomlFile | None:
    name = flags.get("config") or environ.get(FILE_VARIABLE)
    if name:
        return TomlFile(Path(name), folder, environ)
    return TomlFile(Path(FILE_NAME), folder, environ) if (folder / FILE_NAME).exists() else None


def _pins(flags: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> dict[str, Pin]:
    """The choices in the assumptions file, if there is one."""
    name = flags.get("assume_file") or environ.get(ASSUME_FILE_VARIABLE)
    return pins_file.read(folder, str(name)) if name else {}


def _access(sources: Sequence[Mapping[str, Value]]) -> Access:
    """The access that the nearest source sets, by `access` or by `allow.writes`, which is short for full."""
    for source in sources:
        name, writes = (
            source[setting].cast(SETTINGS[setting].cast) if setting in source else None
            for setting in ("access", "allow.writes")
        )
        if name is not None and writes and name != "full":
            both = f"{source['access'].source} and {source['allow.writes'].source}"
            raise ConfigError(f"{both} contradict each other: one says {name}, the other is short for full")
        if name is not None:
            return Access[str(name).upper()]
        if writes is not None:
            return Access.FULL if writes else Access.PASSIVE
    return Access.PASSIVE


def _secret(values: Mapping[str, Any], name: str) -> Secret | None:
    return Secret(values[name], name) if name in values else None


def _sessions(values: Mapping[str, Any], warn: Callable[[str], None]) -> Sessions:
    fresh = FreshSessions(values.get("sessions.fresh", ()), values.get("sessions.command"), warn)
    return Sessions(fresh, _secret(values, "sessions.expired"), values.get("sessions.tenant"))


def _statements(flags: Mapping[str, Any], flag: str) -> tuple[str, ...]:
    if flags.get(flag) is None:
        return ()
    try:
        return casts.statements(flags[flag])
    except ValueError as error:
        raise ConfigError(f"--{flag} {error}") from None


def _required(flags: Mapping[str, Any], only: tuple[str, ...], pins: Mapping[str, Pin]) -> tuple[str, ...]:
    if str(flags.get("require")).strip() == "all":
        return only or (*casts.observable(), *pins)
    statements = _statements(flags, "require")
    missing = [id for id in statements if only and id not in only]
    if missing:
        raise ConfigError(f"--require names {missing[0]}, which --only leaves out")
    return statements
