"""`@pytest.mark.postfuze`: how the world of a test starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pytest

from postfuze_mock.client import Mock
from postfuze_mock.launch.flags import check_names


@dataclass(frozen=True)
class Start:
    """`world` is the name of a shipped world, or a document; `assume` maps assumptions to alternatives; each of
    `faults` has the arguments of `create_fault`, or is the name of a preset; `clock` is `T` or `T,frozen`."""

    world: str | Mapping[str, Any] | None = None
    assume: Mapping[str, str] | None = None
    faults: Sequence[Mapping[str, Any] | str] = ()
    clock: str | None = None
    seed: int | None = None

    @classmethod
    def of(cls, node: pytest.Item) -> Start:
        """What the markers of a test say; each argument of the test's own wins over that of its class or module. Raises
        TypeError for an unknown argument, and for faults that are no list."""
        arguments: dict[str, Any] = {}
        for mark in reversed(list(node.iter_markers("postfuze"))):
            if mark.args:
                raise TypeError('@pytest.mark.postfuze takes its arguments by name, as in world="empty"')
            check_names(mark.kwargs, [each.name for each in fields(cls)], "@pytest.mark.postfuze")
            arguments |= mark.kwargs
        if isinstance(arguments.get("faults"), str | Mapping):
            raise TypeError('@pytest.mark.postfuze: faults is a list, as in faults=["rate_limited"]')
        return cls(**arguments)

    def apply(self, mock: Mock) -> None:
        """Start the world. Raises MockError if the mock refuses, and TypeError for an invalid fault."""
        mock.reset(world=self.world, seed=self.seed, assume=self.assume, clock=self.clock)
        for fault in self.faults:
            mock.create_fault(**({"preset": fault} if isinstance(fault, str) else fault))
