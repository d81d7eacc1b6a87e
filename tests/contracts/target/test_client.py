"""The client waits for a target that asks for it, within bounds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import pytest
from tests.contracts.cli.targets import Request as Received
from tests.contracts.cli.targets import Response, Stub, served

from postfuze_contracts.model.exchange import Request
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Client

READ = Request("getSocialAccount", "GET", "/social-accounts/1")
WRITE = Request("deleteSocialAccount", "DELETE", "/social-accounts/1")
LATER = {"Retry-After": "2"}


@contextmanager
def client(answers: Iterable[tuple[int, dict[str, str]]], **options: Any) -> Iterator[tuple[Client, list[float]]]:
    """A client of a target that gives these answers in order, then 200, and the waits of the client."""
    rest = iter(answers)
    waits: list[float] = []

    def respond(_: Received) -> Response:
        status, headers = next(rest, (200, {}))
        return Response(status, headers, b"")

    with served(Stub(respond)) as target:
        sender = Client(Options(target.url, **options), sleep=waits.append)
        try:
            yield sender, waits
        finally:
            sender.close()


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["a read", "a write"])
@pytest.mark.parametrize(("patient", "bearing"), [(True, True), (True, False), (False, True)])
def test_downtime_with_retry_after_is_waited_for(request_: Request, patient: bool, bearing: bool) -> None:
    with client([(503, LATER)] * 9) as (sender, waits):
        assert sender.send(request_, None, patient=patient, bearing=bearing).status == 200
    assert waits == [2.0] * 9


def test_caller_that_is_neither_patient_nor_bearing_sees_the_downtime() -> None:
    with client([(503, LATER)]) as (sender, waits):
        assert sender.send(READ, None, patient=False, bearing=False).status == 503
    assert not waits


def test_endless_downtime_is_waited_for_half_a_minute() -> None:
    with client([(503, LATER)] * 99) as (sender, waits):
        assert sender.send(READ, None).status == 503
    assert sum(waits) == 30


@pytest.mark.parametrize("status", [429, 503])
def test_wait_of_more_than_two_minutes_is_not_waited_for(status: int) -> None:
    with client([(status, {"Retry-After": "121"})]) as (sender, waits):
        assert sender.send(READ, None).status == status
    assert not waits


def test_retry_after_may_be_a_date() -> None:
    with client([(503, {"Retry-After": formatdate(time.time() + 60, usegmt=True)})]) as (sender, waits):
        assert sender.send(READ, None).status == 200
    assert len(waits) == 1
    assert 50 < waits[0] <= 61


def test_downtime_of_a_whole_run_is_bounded() -> None:
    with client([(503, {"Retry-After": "60"})] * 99) as (sender, waits):
        statuses = [sender.send(READ, None).status for _ in range(3)]
    assert statuses == [503, 503, 503]
    assert sum(waits) == 300


@pytest.mark.parametrize(("request_", "tries"), [(READ, 4), (WRITE, 1)], ids=["a read", "a write"])
def test_gateway_that_fails_for_a_moment_is_asked_again_for_reads_only(request_: Request, tries: int) -> None:
    with client([(502, {})] * 9) as (sender, _):
        assert sender.send(request_, None).status == 502
        assert sender.requests == tries


def test_rate_limit_is_waited_for_unless_the_caller_wants_to_see_it() -> None:
    with client([(429, LATER)] * 2) as (sender, waits):
        assert sender.send(WRITE, None, patient=False).status == 429
        assert sender.send(WRITE, None).status == 200
    assert waits == [2.0]


def test_account_is_connected_only_if_the_budget_pays_for_disconnecting_it() -> None:
    with client([], max_requests=8) as (sender, _):
        sender.send(READ, None)
        sender.budget.afford(2)
        with pytest.raises(BudgetSpent, match="8 requests, less what disconnecting accounts takes"):
            sender.budget.afford(3)
        sender.send(READ, None)


def test_what_is_reserved_is_left_to_the_clean_up() -> None:
    with client([], max_requests=5) as (sender, _):
        sender.budget.reserve(1)
        sender.send(READ, None)
        sender.send(READ, None)
        with pytest.raises(BudgetSpent):
            sender.send(READ, None)
        sender.budget.begin_clean_up()
        assert [sender.send(WRITE, None).status for _ in range(3)] == [200, 200, 200]


def test_interrupt_waits_for_the_response_to_a_write() -> None:
    statuses: list[int] = []

    def write(sender: Client) -> None:
        with sender.uninterrupted():
            sender.interrupt("SIGINT", at_once=True)
            statuses.append(sender.send(WRITE, None).status)

    with client([]) as (sender, _), pytest.raises(KeyboardInterrupt, match="SIGINT"):
        write(sender)
    assert statuses == [200]


def test_interrupt_cuts_the_wait_between_two_tries_of_a_write_short() -> None:
    def write(sender: Client) -> None:
        with sender.uninterrupted():
            sender.interrupt("SIGTERM", at_once=True)
            sender.wait(1.0)

    with client([]) as (sender, waits), pytest.raises(KeyboardInterrupt, match="SIGTERM"):
        write(sender)
    assert not waits
