"""What a part of the fuzzing did, and what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

Say = Callable[[str], None]


@dataclass
class Outcome:
    """`cases` is how many inputs were tried, `memory` the most resident memory of the process under attack (bytes).
    A finding is one line: what went wrong, and how to see it again."""

    cases: int = 0
    memory: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


class Part(Protocol):
    """A part of the fuzzing: tries `count` inputs that follow from `seed`, after the first `skip`."""

    def __call__(self, count: int, seed: int, skip: int, say: Say) -> Outcome: ...
