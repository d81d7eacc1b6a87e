"""contracts.toml: its values with their places; what it should not have is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from postfuze_contracts.config.places import Places
from postfuze_contracts.config.problems import ConfigError, hint
from postfuze_contracts.config.settings import SETTINGS, TABLES
from postfuze_contracts.config.sources import Given


class TomlFile:
    """A file that was read, and is well-formed in its tables and keys. `path` may be relative to `folder`. Raises
    ConfigError."""

    def __init__(self, path: Path, folder: Path, environ: Mapping[str, str]) -> None:
        self.path = path
        self._folder = (folder / path).parent
        self._environ = environ
        text = _text(folder / path, path)
        self._places = Places(text)
        try:
            self._document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = self._places.line_of_error(str(error))
            raise ConfigError(f"{path}:{line}: {error}") from None
        self._check()

    def place(self, name: str) -> str:
        """`FILE:LINE` of the key at this dotted path."""
        return f"{self.path}:{self._places.line(name)}"

    def settings(self) -> dict[str, Given]:
        """What the tables say, by the settings' names."""
        return {
            name: self._given(self._document[table][key], name, f"[{table}] {key}", setting.shown)
            for name, setting in SETTINGS.items()
            for table, _, key in [name.partition(".")]
            if key and key in self._document.get(table, {})
        }

    def waivers(self) -> list[dict[str, Given]]:
        """The members of each `[[waivers]]`."""
        return [
            {key: self._given(value, f"waivers.{index}.{key}", f"[[waivers]] {key}") for key, value in entry.items()}
            for index, entry in enumerate(self._document.get("waivers", []))
        ]

    def _given(self, value: Any, name: str, called: str, shown: bool = True) -> Given:
        return Given(value, f"{self.place(name)}: {called}", self._environ, self._folder, shown)

    def _check(self) -> None:
        for table, content in self._document.items():
            if table not in TABLES:
                raise ConfigError(f"{self.place(table)}: there is no table [{table}]{_where(table, TABLES)}")
            if table == "waivers":
                self._check_waivers(content)
            else:
                self._check_table(table, content, table, f"[{table}]")

    def _check_waivers(self, content: Any) -> None:
        if not isinstance(content, list):
            raise ConfigError(f"{self.place('waivers')}: a waiver begins with [[waivers]], in double brackets")
        for index, entry in enumerate(content):
            self._check_table("waivers", entry, f"waivers.{index}", "[[waivers]]")

    def _check_table(self, table: str, content: Any, path: str, called: str) -> None:
        if not isinstance(content, dict):
            raise ConfigError(f"{self.place(path)}: {called} must be a table")
        for key in content:
            if key not in TABLES[table]:
                place = self.place(f"{path}.{key}")
                raise ConfigError(f"{place}: {called} has no key {key}{_where(key, TABLES[table])}")


def _text(file: Path, path: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is no UTF-8 text") from None


def _where(key: str, right: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Where the key would be right, or what it may have meant."""
    tables = [table for table, keys in TABLES.items() if key in keys]
    return f"; it belongs in [{tables[0]}]" if tables else hint(key, right)
