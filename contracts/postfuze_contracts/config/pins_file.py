"""Reads and writes an assumptions file: how a deployment decided what the documentation leaves open.

The mock reads the same file (`postfuze-mock serve --assume-file`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from postfuze_contracts.config import casts
from postfuze_contracts.config.sources import ConfigError, Value
from postfuze_contracts.config.toml_file import flat, text
from postfuze_contracts.model.options import Pin
from postfuze_contracts.model.verdicts import Observation
from postfuze_mock import spec


def read(path: Path, name: str) -> dict[str, Pin]:
    """The pinned choices in the file, by assumption. Messages call the file `name`. Raises ConfigError."""
    try:
        document = tomllib.loads(text(path, Path(name)))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: {error}") from None
    table = document.get("assume")
    if not isinstance(table, dict):
        raise ConfigError(f"{name} has no table [assume]; `postfuze-contracts run --pin {name}` writes one")
    origin = f"as pinned in {name}" + "".join(
        f" {word} {document[key]}" for word, key in (("on", "observed"), ("for", "target")) if key in document
    )
    return {id: Pin(_choice(name, id, raw, path.parent), origin) for id, raw in flat(table)}


def _choice(name: str, id: str, raw: object, folder: Path) -> str:
    return Value(raw, f"{name}: [assume] {id}", {}, folder).cast(partial(casts.choice, id))


def render(observations: Iterable[Observation], target: str, day: date) -> str:
    """The content of an assumptions file with what a run observed."""
    choices: dict[str, list[str]] = {}
    for each in observations:
        choices.setdefault(each.assumption, []).append(each.choice)
    lines = [f"target = {json.dumps(target)}", f"observed = {day}", "", "[assume]"]
    for assumption in spec.assumptions():
        if assumption.id in choices:
            lines += _entry(assumption, choices[assumption.id])
    return "\n".join(lines) + "\n"


def _entry(assumption: spec.Assumption, choices: list[str]) -> Iterator[str]:
    """The lines of an assumption. Only one choice that is an alternative can be pinned."""
    yield f"# {assumption.question}"
    if len(choices) == 1 and choices[0] in assumption.choices:
        yield f"{json.dumps(assumption.id)} = {json.dumps(choices[0])}"
    else:
        yield f"# {json.dumps(assumption.id)}: not pinned; observed: {json.dumps(choices, ensure_ascii=False)}"
