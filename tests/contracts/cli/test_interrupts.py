"""A run that computes beyond its time is interrupted, once in each phase."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from tests.support.times import seconds

from postfuze_contracts.cli.interrupts import Interrupts
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.client import Client


def compute() -> None:
    """Work that sends no request. AssertionError if nothing interrupts it."""
    end = time.monotonic() + seconds(20.0)
    while time.monotonic() < end:
        pass
    raise AssertionError("nothing interrupted this")


def test_each_phase_is_interrupted_by_its_time() -> None:
    client = Client(Options("http://target.invalid", max_time=0.1))
    with Interrupts(client) as interrupts, interrupts.at_once():
        with pytest.raises(KeyboardInterrupt, match="--max-time"):
            compute()
        client.budget.begin_clean_up()
        with pytest.raises(KeyboardInterrupt, match="--max-time"):
            compute()


@pytest.mark.parametrize(
    ("work", "reason"), [(compute, "--max-time"), (lambda: signal.raise_signal(signal.SIGINT), "SIGINT")]
)
def test_interrupt_of_a_finalizer_is_made_again(
    work: Callable[[], None], reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python drops what is raised there, as in a callback of the garbage collector."""

    class Finalized:
        def __del__(self) -> None:
            work()

    def drop_and_compute() -> None:
        Finalized()
        compute()

    client = Client(Options("http://target.invalid", max_time=0.1 if reason == "--max-time" else None))
    interrupts = Interrupts(client)
    with interrupts, interrupts.at_once(), pytest.raises(KeyboardInterrupt, match=reason):
        drop_and_compute()
    assert capfd.readouterr().err == ""


def test_nothing_is_interrupted_at_the_end_or_without_a_time() -> None:
    for options in (Options("http://target.invalid", max_time=0.001), Options("http://target.invalid")):
        client = Client(options)
        client.budget.end()
        with Interrupts(client) as interrupts, interrupts.at_once():
            pass
        assert not client.budget.is_overdue
