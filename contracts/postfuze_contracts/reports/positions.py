"""The position of each statement and each assumption in openapi.yaml."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import yaml

from postfuze_mock import spec

FILE: Final = "openapi.yaml"


class Position(NamedTuple):
    """A line of openapi.yaml, counted from 1, and its JSON pointer."""

    line: int
    pointer: str

    def __str__(self) -> str:
        return f"{FILE}:{self.line}"


@cache
def positions() -> dict[str, Position]:
    """The positions of all statements and assumptions, by id."""
    root = yaml.compose(spec.load_bytes(), Loader=yaml.CSafeLoader)
    entries: list[spec.Statement | spec.Assumption] = [*spec.statements(), *spec.assumptions()]
    return {each.id: Position(_line(root, each.pointer), each.pointer) for each in entries}


def _line(node: yaml.Node | None, pointer: str) -> int:
    """The line of the node at `pointer`. Raises LookupError if there is none."""
    for step in spec.pointer_parts(pointer):
        node = _child(node, step)
    assert node is not None
    return int(node.start_mark.line) + 1


def _child(node: yaml.Node | None, step: str) -> yaml.Node:
    if isinstance(node, yaml.SequenceNode):
        return _node(node.value[int(step)])
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == step:
                return _node(value)
    raise LookupError(step)


def _node(value: object) -> yaml.Node:
    assert isinstance(value, yaml.Node)
    return value
