"""Which documented rate limits an operation counts in (`x-rate-limits` of openapi.yaml)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from postfuze_mock.http.connexion_stack import Operation
from postfuze_mock.worlds.world import World


class Full(NamedTuple):
    """A bucket that takes no more calls for `wait` seconds; its id is that of the statement `limits.ID` too."""

    wait: int
    bucket: str


class Limits:
    """Counts calls in the buckets of their world; a call counts in every bucket that it belongs to."""

    def __init__(self, buckets: Sequence[dict[str, Any]]) -> None:
        self.buckets = buckets
        self.by_operation: dict[str, list[str]] = {}
        self.unkeyed: set[str] = set()

    def compile(self, operation: Operation, keyed: bool) -> None:
        """Note which buckets `operation` belongs to."""
        names = [bucket["id"] for bucket in self.buckets if _counts(bucket, operation, keyed)]
        self.by_operation[operation.id] = names
        if not keyed:
            self.unkeyed.add(operation.id)

    def hit(self, operation: str, world: World) -> Full | None:
        """Count a call of `operation`: the bucket of `world` that is full, and longest so, if any."""
        if operation in self.unkeyed and world.choices.limits_unkeyed_finalize == "uncounted":
            return None
        now = world.clock.now()
        waits = [(world.buckets.hit(name, now), name) for name in self.by_operation[operation]]
        return max((Full(wait, name) for wait, name in waits if wait is not None), default=None)


def _counts(bucket: dict[str, Any], operation: Operation, keyed: bool) -> bool:
    if bucket.get("scope") == "keyed":
        return keyed
    return operation.method in bucket["methods"] and operation.path.startswith(bucket["path_prefix"])
