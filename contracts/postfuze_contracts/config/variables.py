"""The names of environment variables: refuses those that no setting has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from postfuze_contracts.config.casts import did_you_mean, nearest
from postfuze_contracts.config.settings import ASSUME_FILE_VARIABLE, FILE_VARIABLE, OLD_VARIABLES, PREFIX, SETTINGS
from postfuze_contracts.config.sources import ConfigError, Value

KNOWN: Final = (FILE_VARIABLE, ASSUME_FILE_VARIABLE, *(setting.variable for setting in SETTINGS.values()))
_OWN: Final = tuple(name for name in KNOWN if name.startswith(PREFIX))


def refuse_old_names(environ: Mapping[str, str]) -> None:
    """Raise ConfigError if a variable is set under its former name."""
    for old, new in OLD_VARIABLES.items():
        if environ.get(old, "").strip():
            raise ConfigError(f"the environment variable {old} is called {new} now; rename it")


def refuse_unknown(environ: Mapping[str, str], references: Collection[str]) -> None:
    """Raise ConfigError if a variable begins as the harness's own do, but no setting has it and nothing refers to it: a
    misspelt limit must not be no limit."""
    for name in (name for name, value in environ.items() if value.strip()):
        if name.startswith(PREFIX.rstrip("_")) and name not in (*_OWN, *references):
            raise ConfigError(f"there is no setting {name}{did_you_mean(name, _OWN)}")


def references(flags: Mapping[str, Any], values: Iterable[Value] = ()) -> set[str]:
    """The variables that `--key-env NAME` and values such as `env:NAME` refer to."""
    raws = [each for value in values for each in (value.raw if isinstance(value.raw, list) else [value.raw])]
    texts = [text for text in (*flags.values(), *raws) if isinstance(text, str)]
    keys = [name for flag, name in flags.items() if flag.startswith("key_env") and isinstance(name, str)]
    return {text.removeprefix("env:").strip() for text in texts if text.startswith("env:")} | set(keys)


def misspelt(name: str, environ: Mapping[str, str]) -> str:
    """`; POSTFUZE_ULR is set, but nothing reads it`, if a similar variable is set instead of `name`."""
    others = [each for each in environ if each.startswith("POSTFUZE") and each not in KNOWN]
    near = nearest(name, others, cutoff=0.8)
    return f"; {near} is set, but nothing reads it" if near else ""
