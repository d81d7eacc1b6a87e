"""Exchanges and failures as reports receive them: masked."""

from __future__ import annotations

from tests.contracts.reports import sample

from postfuze_contracts.model.events import CheckFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports.masking import Masker


def masked(exchange: Exchange, *, show_bodies: bool = False) -> Exchange:
    """`exchange`, masked in a run with the keys of the sample."""
    masker = Masker(show_bodies=show_bodies)
    masker.event(RunStarted(sample.OPTIONS, 1))
    return _finished(masker, Failure("list.empty", "x", "y", (exchange,))).exchanges[0]


def masked_failure(exchange: Exchange, expected: str, got: str, key: str = sample.KEY) -> Failure:
    """A failure that shows `exchange`, masked."""
    masker = Masker()
    masker.event(RunStarted(Options(sample.URL, Keys(Secret(key))), 1))
    return _finished(masker, Failure("list.empty", expected, got, (exchange,)))


def _finished(masker: Masker, failure: Failure) -> Failure:
    event = masker.event(CheckFinished("a", "a", 0.0, (failure,)))
    assert isinstance(event, CheckFinished)
    return event.failures[0]
