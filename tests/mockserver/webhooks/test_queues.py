"""Queues of deliveries: of several processes one at a time may deliver, and none is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

import pytest
from tests.mockserver.webhooks.stored import opened, world_rows

from postfuze_mock.state.deliveries import Claim, DeliveryRow
from postfuze_mock.state.sql import schema
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.deliveries import SqlDeliveries
from postfuze_mock.state.sql.heads import Heads
from postfuze_mock.state.sql.queues import SqlClaims, SqlQueues

T = TypeVar("T")
URL: Final = "http://a/hook"
OTHER: Final = "http://b/hook"


class Engine:
    """Queues of the world `acme` and of others, each call of which is a transaction. Time goes from 0."""

    def __init__(self, database: Database) -> None:
        self.database = database
        schema.migrate(database)
        for world in ("acme", "other"):
            self._run(lambda: Heads(database).add(world, 0))  # noqa: B023 - called at once

    def _run(self, work: Callable[[], T]) -> T:
        return self.database.run_now(work, write=True)

    def rows(self, use: Callable[[SqlDeliveries, SqlQueues], T], world: str = "acme") -> T:
        return self._run(lambda: use(*world_rows(self.database, world)))

    def queues(self, name: str, *arguments: Any, world: str = "acme") -> Any:
        return self.rows(lambda _, queues: getattr(queues, name)(*arguments), world)

    def claims(self, name: str, *arguments: Any) -> Any:
        return self._run(lambda: getattr(SqlClaims(self.database), name)(*arguments))

    def plan(self, id: str, url: str = URL, due_at: int = 0, world: str = "acme") -> None:
        def work(rows: SqlDeliveries, queues: SqlQueues) -> None:
            number = rows.next("number")
            rows.put([DeliveryRow(id, url, number, number, "pending", due_at, b"[]")])
            queues.open([url])
            queues.schedule(0, None)

        self.rows(work, world)

    def holds(self, claim: Claim) -> bool:
        holds: bool = self.queues("under_way", claim)[0]
        return holds

    def claim(self, owner: str, now: int = 0, most: int = 10, number: int = 1) -> list[Claim]:
        """Claim for 100 ms."""
        claims: list[Claim] = self.claims("claim", owner, number, now, now + 100, most)
        return claims

    def take(self, url: str = URL) -> str | None:
        row = self.rows(lambda rows, _: rows.take(url, 10**9))
        return None if row is None else row.event_id


@pytest.fixture
def engine(state_url: str) -> Iterator[Engine]:
    with opened(state_url) as database:
        yield Engine(database)


def test_what_is_due_is_claimed_by_one(engine: Engine) -> None:
    engine.plan("a")
    engine.plan("b")
    engine.plan("later", OTHER, 50)

    assert engine.claim("1") == [Claim("acme", URL, "1", 1)]
    assert engine.claim("2") == []
    assert [claim.url for claim in engine.claim("2", 50)] == [OTHER]


def test_no_more_is_claimed_than_one_can_deliver(engine: Engine) -> None:
    for number in range(5):
        engine.plan("a", f"{URL}{number}")

    assert [len(engine.claim(owner, most=3)) for owner in "123"] == [3, 2, 0]


def test_queues_of_all_worlds_are_claimed_at_once(engine: Engine) -> None:
    for world in ("acme", "other"):
        engine.plan("a", world=world)

    assert {claim.world for claim in engine.claim("1")} == {"acme", "other"}


def test_processes_that_claim_at_the_same_time_share_the_queues(engine: Engine, state_url: str) -> None:
    for number in range(60):
        engine.plan("a", f"{URL}{number}")

    def claim_all(owner: str) -> list[str]:
        urls: list[str] = []
        with opened(state_url) as database:
            for number in range(1, 21):
                work = partial(SqlClaims(database).claim, owner, number, 0, 100, 3)
                urls += [claim.url for claim in database.run_now(work, write=True)]
        return urls

    with ThreadPoolExecutor() as threads:
        claimed = [url for urls in threads.map(claim_all, "123") for url in urls]
    assert len(claimed) == len(set(claimed)) == 60


def test_claim_that_ended_is_taken_over_with_what_was_taken(engine: Engine) -> None:
    for id in "ab":
        engine.plan(id)
    (lost,) = engine.claim("1")
    assert engine.take() == "a"
    engine.queues("note_taken", lost, "a", 200)
    assert engine.claim("2", 199) == []
    (claim,) = engine.claim("2", 200)

    assert engine.queues("under_way", claim) == (True, "a")
    assert not engine.holds(lost)
    engine.queues("take_over", claim)
    assert [engine.take(), engine.take(), engine.take()] == ["a", "b", None]


def test_what_was_settled_is_not_taken_over(engine: Engine) -> None:
    engine.plan("a")
    (lost,) = engine.claim("1")
    engine.queues("note_taken", lost, engine.take(), 200)
    engine.rows(lambda rows, _: rows.put([DeliveryRow("a", URL, 1, 1, "delivered", None, b"[]")]))
    (claim,) = engine.claim("2", 200)
    engine.queues("take_over", claim)

    assert engine.take() is None


def test_claim_is_renewed(engine: Engine) -> None:
    engine.plan("a")
    (claim,) = engine.claim("1")
    engine.claims("renew", "1", 300)

    assert engine.claim("2", 299) == []
    assert engine.claims("held", "1") == {claim}
    assert engine.claims("held", "2") == set()


def test_what_was_planned_meanwhile_is_claimed_after_a_release(engine: Engine) -> None:
    engine.plan("a")
    (claim,) = engine.claim("1")
    engine.take()
    engine.plan("b")
    assert engine.claim("2") == []
    engine.queues("release", claim)
    engine.queues("schedule", 0, None)

    assert len(engine.claim("2")) == 1


def test_queue_is_gone_when_nothing_is_planned(engine: Engine) -> None:
    engine.plan("a")
    (claim,) = engine.claim("1")
    engine.take()
    engine.queues("release", claim)

    assert not engine.holds(claim)
    assert engine.claim("2", 10**9) == []


def test_process_that_stops_lets_go_what_it_had_taken(engine: Engine) -> None:
    for id in "ab":
        engine.plan(id)
    (claim,) = engine.claim("1")
    engine.queues("note_taken", claim, engine.take(), 200)
    engine.claims("release_all", "1")
    engine.queues("schedule", 0, None)
    assert engine.queues("is_claimed", URL)
    (next_one,) = engine.claim("2")
    engine.queues("take_over", next_one)

    assert engine.take() == "a"


def test_clock_says_when_something_is_due(engine: Engine) -> None:
    engine.plan("a", due_at=1000)
    engine.queues("schedule", None, 999)
    assert engine.claim("1", 10**9) == []
    engine.queues("schedule", 400, None)
    assert engine.claim("1", 599) == []
    engine.queues("schedule", None, 1000)

    assert len(engine.claim("1", 0)) == 1


def test_reset_ends_a_claim_for_good(engine: Engine) -> None:
    engine.plan("a")
    (before,) = engine.claim("1")
    engine.rows(lambda rows, _: [rows.database.write(f"DELETE FROM {table}") for table in ("deliveries", "queues")])
    engine.plan("a")
    (after,) = engine.claim("1", number=2)

    assert not engine.holds(before)
    assert engine.holds(after)


def test_queues_of_removed_webhooks_are_closed_unless_under_way(engine: Engine) -> None:
    for url in (URL, OTHER):
        engine.plan("a", url)
    (claim,) = engine.claim("1", most=1)
    engine.queues("close_except", [])

    assert engine.holds(claim)
    assert engine.claim("2", 99) == []
