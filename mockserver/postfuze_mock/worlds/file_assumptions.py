"""Checks the assumptions of a world file, which only the specification knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postfuze_fixtures.schema_errors import Path
from postfuze_fixtures.world_file import WorldFile, refusal
from postfuze_mock.domain.choices import ChoiceError, Choices


def check(file: WorldFile) -> None:
    """Raises WorldFileError for the unknown assumptions and alternatives of all worlds of `file`."""
    if mistakes := list(_mistakes(file)):
        raise refusal(file, *mistakes)


def _mistakes(file: WorldFile) -> Iterator[tuple[Path, str]]:
    worlds: dict[Path, Mapping[str, Any]] = {(): file.document}
    worlds |= {("worlds", name): world for name, world in file.worlds.items()}
    for path, world in worlds.items():
        for id, alternative in world.get("assume", {}).items():
            try:
                Choices.with_overrides({id: alternative})
            except ChoiceError as error:
                yield (*path, "assume", id), str(error)
