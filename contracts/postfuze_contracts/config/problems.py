"""What is wrong with a configuration, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ConfigError(ValueError):
    """The configuration cannot be used: the message says where, why and what would be right. It shows no secret."""


def hint(wrong: str, right: Iterable[str]) -> str:
    """`; did you mean X?`, where something right is near."""
    near = get_close_matches(wrong, list(right), n=1, cutoff=0.5)
    return "".join(f"; did you mean {name}?" for name in near)
