"""Keeps the evidence of a run's failures within a bound of memory, whatever their responses are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.verdicts import Failure

MAX_SIZE: Final = 32 * 1024 * 1024  # bytes of all bodies


class Evidence:
    """The exchanges of all failures so far. Those beyond the bound have only the start of their body."""

    def __init__(self) -> None:
        self._size = 0
        self._ids: set[int] = set()  # of exchanges that the failures keep

    def of(self, failures: Iterable[Failure]) -> tuple[Failure, ...]:
        """The failures, with the exchanges to keep."""
        return tuple(
            replace(
                failure,
                exchanges=tuple(map(self._keep, failure.exchanges)),
                again=tuple(map(self._keep, failure.again)),
            )
            for failure in failures
        )

    def _keep(self, exchange: Exchange) -> Exchange:
        size = len(exchange.response.body)
        if id(exchange) in self._ids:
            return exchange
        if self._size + size > MAX_SIZE:
            return exchange.cut
        self._size += size
        self._ids.add(id(exchange))
        return exchange
