"""Observes assumptions of which one alternative allows whatever the other does, and more.

What fits the narrow choice refutes nothing, so a deployment for which the wide one is pinned may show it at any time.
"""

from __future__ import annotations

from collections.abc import Sequence

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange


def observe_range(
    judge: Judge, assumption: str, narrow: str, wide: str, looks: Sequence[tuple[bool, Exchange]]
) -> None:
    """Observe `wide` if one of the looks does not fit `narrow`, otherwise `narrow`. Each look says whether it does, and
    has the exchange that shows it."""
    beyond = [exchange for fits, exchange in looks if not fits]
    pin = judge.pins.get(assumption)
    if beyond:
        judge.observe(assumption, wide, beyond[0])
    elif looks and (pin is None or pin.choice != wide):
        judge.observe(assumption, narrow, looks[0][1])
