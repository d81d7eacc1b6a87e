"""Waivers: each with a statement, a reason, an owner and a last day."""

from __future__ import annotations

from postfuze_contracts.config import casts
from postfuze_contracts.config.problems import ConfigError
from postfuze_contracts.config.settings import TABLES
from postfuze_contracts.config.statements import known
from postfuze_contracts.config.toml_file import TomlFile
from postfuze_contracts.model.options import Waiver


def read(file: TomlFile) -> tuple[Waiver, ...]:
    """The file's waivers. Raises ConfigError."""
    found: dict[str, Waiver] = {}
    for index, entry in enumerate(file.waivers()):
        for key in TABLES["waivers"]:
            if key not in entry:
                raise ConfigError(f"{file.place(f'waivers.{index}')}: [[waivers]] lacks {key}")
        statement = entry["statement"].as_(lambda value: known(casts.text(value)))
        if statement in found:
            raise ConfigError(f"{entry['statement'].place}: {statement} is waived twice")
        found[statement] = Waiver(
            statement,
            entry["reason"].as_(casts.text),
            entry["owner"].as_(casts.text),
            entry["expires"].as_(casts.day),
        )
    return tuple(found.values())
