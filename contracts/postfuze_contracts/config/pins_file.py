"""Reads and writes an assumptions file: how a deployment decided what the documentation leaves open.

The mock reads the same file (`postfuze-mock serve --assume-file`).
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from postfuze_contracts.config import casts
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.config.sources import ConfigError, Value
from postfuze_contracts.config.toml_file import Document, flat
from postfuze_contracts.model.options import Pin
from postfuze_contracts.model.verdicts import Observation
from postfuze_contracts.reports.text import one_line
from postfuze_mock import spec

_KEYS: Final[dict[str, tuple[type, str]]] = {
    "target": (str, "a string"),
    "observed": (date, "a date"),
    "assume": (dict, "a table"),
}
_WIDTH: Final = 110  # columns of a comment


def read(folder: Path, name: str) -> dict[str, Pin]:
    """The pinned choices in the file, by assumption. `name` may be relative to `folder`. Raises ConfigError."""
    document = _document(folder, name)
    if not isinstance(document.content.get("assume"), dict):
        raise ConfigError(f"{name} has no table [assume]; `postfuze-contracts run --pin {name}` writes one")
    origin = "".join(
        f" {word} {document.content[key]}"
        for word, key in (("on", "observed"), ("for", "target"))
        if key in document.content
    )
    return {
        id: Pin(_choice(document, id, raw, folder), f"as pinned in {document.position(f'assume.{id}')}{origin}")
        for id, raw in flat(document.content["assume"])
    }


def _document(folder: Path, name: str) -> Document:
    """The parsed file. Raises ConfigError, also if it is not an assumptions file."""
    document = Document(Path(name), folder)
    for key, value in document.content.items():
        if key not in _KEYS:
            advice = did_you_mean(key, _KEYS) or "; it has target, observed and [assume]"
            raise ConfigError(f"{document.position(key)}: an assumptions file has no {key}{advice}")
        kind, name = _KEYS[key]
        if not isinstance(value, kind):
            raise ConfigError(f"{document.position(key)}: {key} must be {name} in an assumptions file")
    return document


def _choice(document: Document, id: str, raw: Any, folder: Path) -> str:
    position = document.position(f"assume.{id}")
    if id not in casts.assumptions():
        raise ConfigError(f"{position}: there is no assumption {id}{did_you_mean(id, casts.assumptions())}")
    return Value(raw, f"{position}: [assume] {id}", {}, folder).cast(lambda value: casts.choice(id, value))


@dataclass
class PinsFile:
    """The file that a run writes what it observed to. It keeps what the file says of what was not observed. Raises
    ConfigError if that file is another, or cannot be written."""

    path: Path
    notes: list[tuple[str, str]] = field(default_factory=list)  # what the last `write` changed, each with a word

    def __post_init__(self) -> None:
        self._before: dict[str, str] = {}
        if self.path.exists():
            self._before = {id: pin.choice for id, pin in read(Path(), str(self.path)).items()}

    def write(self, observations: Iterable[Observation], target: str, day: date) -> None:
        """Write the file in one step. Nothing is written if nothing was observed."""
        observed: dict[str, list[str]] = {}
        for each in observations:
            observed.setdefault(each.assumption, []).append(each.choice)
        if not observed:
            self.notes = [("pinned", f"nothing was observed, so {self.path} was not written")]
            return
        content = "\n".join(_lines(observed, self._before, target, day)) + "\n"
        temporary = self.path.with_name(f"{self.path.name}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(content, encoding="utf-8")
            temporary.replace(self.path)
        except OSError as error:
            raise ConfigError(f"cannot write {self.path}: {error.strerror}") from None
        self.notes = [*_notes(self.path, observed, self._before)]


def pinnable(assumption: spec.Assumption, choices: list[str]) -> bool:
    """Whether what was observed can be pinned: one choice only, and one that is an alternative."""
    return len(choices) == 1 and choices[0] in assumption.choices


def _lines(observed: Mapping[str, list[str]], before: Mapping[str, str], target: str, day: date) -> Iterator[str]:
    yield "# How a deployment decides what the documentation leaves open, as `postfuze-contracts run --pin` saw it."
    yield "# `postfuze-contracts run --assume-file` judges it; `postfuze-mock serve --assume-file` plays it."
    yield f"target = {json.dumps(target)}"
    yield f"observed = {day}"
    yield ""
    yield "[assume]"
    open_questions = []
    for assumption in spec.assumptions():
        if assumption.id in observed or assumption.id in before:
            yield from _entry(assumption, observed.get(assumption.id, []), before.get(assumption.id), day)
        else:
            open_questions.append(assumption.id)
    if open_questions:
        yield from _comment(f"Not observed: {', '.join(open_questions)}.")


def _entry(assumption: spec.Assumption, observed: list[str], before: str | None, day: date) -> Iterator[str]:
    """The lines of an assumption: its question, the choice with its sentence, the others."""
    yield from _comment(assumption.question)
    if observed and not pinnable(assumption, observed):
        was = f"; it was {json.dumps(before)}" if before is not None else ""
        texts = json.dumps([one_line(each) for each in observed], ensure_ascii=False)
        yield from _comment(f"{json.dumps(assumption.id)} is not pinned; observed: {texts}{was}.")
        yield ""
        return
    choice = observed[0] if observed else str(before)
    yield from _comment(assumption.descriptions[choice])
    yield from _comment(f"The others: {', '.join(each for each in assumption.choices if each != choice)}.")
    if not observed:
        yield f"# Not observed on {day}, and kept."
    yield f"{json.dumps(assumption.id)} = {json.dumps(choice)}"
    yield ""


def _comment(text: str) -> list[str]:
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return textwrap.wrap(
        line, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )


def _notes(path: Path, observed: Mapping[str, list[str]], before: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    assumptions = {each.id: each for each in spec.assumptions()}
    pins = {id: each[0] for id, each in observed.items() if id in assumptions and pinnable(assumptions[id], each)}
    kept = [id for id in before if id not in observed]
    numbers = f"{len(pins)} observed" + (f", {len(kept)} kept that were not" if kept else "")
    yield "pinned", f"{path} ({numbers})"
    for id, choice in before.items():
        if id in pins and pins[id] != choice:
            yield "changed", f"{id} is {pins[id]} now; it was {choice}"
        elif id in observed and id not in pins:
            texts = ", ".join(observed[id])
            yield "changed", f"{id} is not pinned any more: it was {choice}, and this was observed: {texts}"
