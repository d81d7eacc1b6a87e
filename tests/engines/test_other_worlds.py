"""Calls that ask for the accounts of other worlds, or that belong to none."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.engines.conftest import Share, Start
from tests.support.times import until

from postfuze_mock.app import make_worlds
from postfuze_mock.control.worlds import reset_world
from postfuze_mock.settings import Settings
from postfuze_mock.state.sql.database import Database
from postfuze_mock.worlds.webhooks.receipt import receive

UNKNOWN = "0195e0c1-2d3e-7f40-8a51-62738495a6b7"
FORBIDDING = ("--assume", "isolation.status=403")


def test_unknown_account_is_looked_for_without_making_those_of_other_worlds(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "worlds.db"
    server = start("--state", f"sqlite:///{file}", *FORBIDDING)
    owner, world = server.world("owner"), server.world("acme")
    id = owner.make(platform="x")["id"]
    for number in range(5):
        server.world(f"quiet-{number}").control("GET", "/clock")
    statuses = [world.get_response(each).status_code for each in (UNKNOWN, id)]
    with closing(sqlite3.connect(file)) as database:
        (made,) = database.execute("SELECT count(DISTINCT world) FROM accounts").fetchone()

    assert statuses == [404, 403]
    assert made == 2


def test_bodies_that_a_world_does_not_want_are_not_recorded_of_calls_without_a_world(share: Share) -> None:
    world = share(1).processes[0].world("acme")
    world.control("PUT", "/requests/settings", {"bodies": False})
    refused = world.finalize_response("no-such-session", "page", key=world.key)
    (entry,) = world.requests()

    assert refused.status_code == 404
    assert entry["request"]["body"] is None


@pytest.mark.engines
def test_all_worlds_are_reset_without_a_deadlock_while_one_delivers_to_an_inbox(postgres_url: str) -> None:
    import psycopg  # which few tests need

    worlds = make_worlds(Settings(state=postgres_url))
    database, inboxes, attempts = worlds.engine, worlds.context.inboxes, []
    assert isinstance(database, Database)

    def waits() -> bool:
        sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return other.execute(sql).fetchone() is not None

    def reset() -> None:
        attempts.append("reset")
        reset_world(worlds, worlds.use("first"), True, None)

    def deliver() -> Future[None]:
        attempts.append("deliver")
        worlds.use("second")
        resetting = threads.submit(database.run_now, reset, write=True)
        until(waits, "the reset waits for the world")
        receive(inboxes, "inbox", [], b"{}")
        return resetting

    with ThreadPoolExecutor(1) as threads, psycopg.connect(postgres_url, autocommit=True) as other:
        database.run_now(lambda: worlds.use("second"), write=True)
        database.run_now(lambda: receive(inboxes, "inbox", [], b"{}"), write=True)
        database.run_now(deliver, write=True).result()
    database.close()

    assert attempts == ["deliver", "reset"]
