"""An assumptions file (`--assume-file`): how a deployment decided what the documents leave open. The contract harness
writes and reads the same file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from postfuze_fixtures.user_files import parse_toml, read_text
from postfuze_mock.domain.choices import ChoiceError, Choices
from postfuze_mock.settings import SettingsError

_TABLE: Final = "assume"
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"\s*([\w.\"'\s-]+?)\s*=")


def read(path: str) -> dict[str, str]:
    """The choices in the table `[assume]` of a TOML file, by assumption; the rest of the file is for people. Raises
    ValueError (one sentence with the file and, where there is one, the line)."""
    text = _text(path)
    try:
        table = parse_toml(text).get(_TABLE)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from error
    if isinstance(table, dict):
        return {id: _choice(path, text, id, value) for id, value in _flat(table)}
    raise ValueError(f"{path}: there is no table [{_TABLE}], as `postfuze-contracts run --pin {path}` writes it")


def _text(path: str) -> str:
    try:
        return read_text(path)
    except OSError as error:
        kind = SettingsError if isinstance(error, FileNotFoundError) else ValueError
        raise kind(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8") from error


def _choice(path: str, text: str, id: str, value: object) -> str:
    choice = str(value)
    try:
        Choices.with_overrides({id: choice})
    except ChoiceError as error:
        raise ValueError(f"{path}:{_line(text, id)}: {error}") from error
    return choice


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """The values by id: to TOML, `list.disabled = "hidden"` without quotes is a table in a table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _line(text: str, id: str) -> int:
    """The line of the entry `id`, which tomllib does not tell; that of the table if the entry has none of its own."""
    name, first = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = _plain(header[1])
            first = number if name == _TABLE else first
        elif (key := _KEY.match(line)) and f"{name}.{_plain(key[1])}".lstrip(".") == f"{_TABLE}.{id}":
            return number
    return first


def _plain(key: str) -> str:
    return re.sub(r"""[\s"']""", "", key)
