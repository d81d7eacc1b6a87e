"""Statements by their ids, as flags and waivers name them."""

from __future__ import annotations

from postfuze_contracts.config.problems import ConfigError, hint
from postfuze_mock import spec


def observable() -> tuple[str, ...]:
    """The ids of all statements that a run can judge, in the order of openapi.yaml."""
    return tuple(statement.id for statement in spec.statements() if statement.observable)


def chosen(place: str, names: str) -> tuple[str, ...]:
    """The statements of a list `ID,…`, where an id's beginning stands for all that begin so. Raises ConfigError."""
    found: dict[str, None] = {}
    for name in (part.strip() for part in names.split(",") if part.strip()):
        found.update(dict.fromkeys(_matching(place, name)))
    if not found:
        raise ConfigError(f"{place} names no statement; `postfuze-contracts list` shows them")
    return tuple(found)


def known(name: str) -> str:
    """`name`, if a run judges a statement of this id; ValueError otherwise."""
    if name in observable():
        return name
    if any(statement.id == name for statement in spec.statements()):
        raise ValueError("names a statement that HTTP alone cannot show, so no run judges it")
    raise ValueError(f"names no statement{hint(name, observable())}")


def _matching(place: str, name: str) -> list[str]:
    ids = observable()
    if name in ids:
        return [name]
    found = [id for id in ids if id.startswith(name)]
    if not found:
        try:
            known(name)
        except ValueError as error:
            raise ConfigError(f"{place} {name} {error}") from None
    return found
