"""Reads the values and waivers of contracts.toml, with their lines. Refuses unknown tables and keys."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from postfuze_contracts.config import casts
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.config.settings import SETTINGS, TABLES
from postfuze_contracts.config.sources import ConfigError, Value
from postfuze_contracts.model.options import Pin, Waiver
from postfuze_fixtures.user_files import parse_toml, read_text

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#=]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w."'\s-]+?)\s*=""")
_DECODE_ERROR_LINE = re.compile(r"at line (\d+)")


class Document:
    """A TOML file with the lines of its keys. `path` may be relative to `folder`. Raises ConfigError."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        text = _text(folder / path, path)
        self._lines = _Lines(text)
        try:
            self.content = parse_toml(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path}:{self._lines.of_error(str(error))}: {error}") from None

    def position(self, name: str) -> str:
        """`FILE:LINE` of the key at this dotted path."""
        return f"{self._path}:{self._lines.of(name)}"


class TomlFile:
    """A valid configuration file. `path` may be relative to `folder`. Raises ConfigError."""

    def __init__(self, path: Path, folder: Path, environ: Mapping[str, str]) -> None:
        self.path = path
        self._folder = (folder / path).parent
        self._environ = environ
        document = Document(path, folder)
        self._position = document.position
        self._document = document.content
        self._check()

    def settings(self) -> dict[str, Value]:
        """The values in the tables, by name of the setting."""
        return {
            name: self._value(self._document[table][key], name, f"[{table}] {key}", setting.private)
            for name, setting in SETTINGS.items()
            for table, _, key in [name.partition(".")]
            if key and key in self._document.get(table, {})
        }

    def waivers(self) -> tuple[Waiver, ...]:
        """The `[[waivers]]`. Raises ConfigError."""
        waivers: dict[str, Waiver] = {}
        for index, entry in enumerate(self._document.get("waivers", [])):
            waiver, source = self._waiver(index, entry)
            if waiver.statement in waivers:
                raise ConfigError(f"{source}: {waiver.statement} is waived twice")
            waivers[waiver.statement] = waiver
        return tuple(waivers.values())

    def pins(self) -> dict[str, Pin]:
        """The choices in `[assume]`, by assumption. Raises ConfigError."""
        pins = {}
        for id, raw in dict(flat(self._document.get("assume", {}))).items():
            value = self._value(raw, f"assume.{id}", f"[assume] {id}")
            pins[id] = Pin(value.cast(partial(casts.choice, id)), f"as pinned in {self._position(f'assume.{id}')}")
        return pins

    def _waiver(self, index: int, entry: Mapping[str, Any]) -> tuple[Waiver, str]:
        """A waiver, and the source of its statement."""
        path = f"waivers.{index}"
        for key in TABLES["waivers"]:
            if key not in entry:
                raise ConfigError(f"{self._position(path)}: [[waivers]] lacks {key}")
        values = {key: self._value(raw, f"{path}.{key}", f"[[waivers]] {key}") for key, raw in entry.items()}
        statement = values["statement"].cast(casts.statement)
        reason, owner = (values[key].cast(casts.text) for key in ("reason", "owner"))
        return Waiver(statement, reason, owner, values["expires"].cast(casts.day)), values["statement"].source

    def _value(self, raw: Any, name: str, label: str, private: bool = False) -> Value:
        return Value(raw, f"{self._position(name)}: {label}", self._environ, self._folder, private)

    def _check(self) -> None:
        for table, content in self._document.items():
            if table not in TABLES:
                raise ConfigError(f"{self._position(table)}: there is no table [{table}]{_correction(table, TABLES)}")
            if table == "waivers":
                self._check_waivers(content)
            elif table == "assume" and isinstance(content, dict):
                self._check_table(table, dict(flat(content)), table, "[assume]")
            else:
                self._check_table(table, content, table, f"[{table}]")

    def _check_waivers(self, content: Any) -> None:
        if not isinstance(content, list):
            raise ConfigError(f"{self._position('waivers')}: a waiver begins with [[waivers]], in double brackets")
        for index, entry in enumerate(content):
            self._check_table("waivers", entry, f"waivers.{index}", "[[waivers]]")

    def _check_table(self, table: str, content: Any, path: str, label: str) -> None:
        if not isinstance(content, dict):
            raise ConfigError(f"{self._position(path)}: {label} must be a table")
        for key in content:
            if key not in TABLES[table]:
                position = self._position(f"{path}.{key}")
                raise ConfigError(f"{position}: {label} has no key {key}{_correction(key, TABLES[table])}")


def flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values by dotted key: TOML reads `delete.again = 404` without quotes as a table in a table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{rest}", inner) for rest, inner in flat(value))
        else:
            yield key, value


class _Lines:
    """The line of each key of a TOML text, by dotted path (`waivers.1.reason`), which tomllib does not provide."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        for path, line in _paths(text):
            self._lines.setdefault(path, line)
        self._last = max(text.count("\n"), 1)

    def of(self, path: str) -> int:
        """The line of the key at `path`, or of its table."""
        while path and path not in self._lines:
            path = path.rpartition(".")[0]
        return self._lines.get(path, 1)

    def of_error(self, message: str) -> int:
        """The line in a message of tomllib; the last line if the text ends too early."""
        match = _DECODE_ERROR_LINE.search(message)
        return int(match[1]) if match else self._last


def _paths(text: str) -> Iterator[tuple[str, int]]:
    table, arrays = "", Counter[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _plain(header[2])
            if header[1] == "[[":
                arrays[table] += 1
                table = f"{table}.{arrays[table] - 1}"
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{_plain(key[1])}" if table else _plain(key[1]), number


def _plain(key: str) -> str:
    """A key without the quotes and spaces that TOML allows."""
    return re.sub(r"""[\s"']""", "", key)


def _text(file: Path, path: Path) -> str:
    try:
        return read_text(file)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8 text") from None


def _correction(key: str, names: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The table that the key belongs to, or a similar name."""
    tables = [table for table, keys in TABLES.items() if key in keys]
    return f"; it belongs in [{tables[0]}]" if tables else did_you_mean(key, names)
