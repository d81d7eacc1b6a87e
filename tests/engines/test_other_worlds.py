"""Calls that ask for the accounts of other worlds, or that belong to none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.engines.conftest import Share, Start

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
