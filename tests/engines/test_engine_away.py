"""The engine is away, or its disk is full: calls are refused at once and clearly, and all is well again by itself."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest
from tests.engines.conftest import Start
from tests.support import schemas
from tests.support.gate import Gate, gate
from tests.support.processes import MockProcess, command
from tests.support.times import seconds, until
from tests.support.world import World

#: Seconds within which a call is refused on an idle machine, and what the way through HTTP may take besides.
AT_ONCE: Final = 1.0 + 0.5


def authorized(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.key}"}


def refused(server: MockProcess, world: World, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Make a call that the engine cannot serve; the problem document."""
    begun = time.monotonic()
    response = server.pool.request(method, path, headers=authorized(world), json=body)
    assert time.monotonic() - begun < seconds(AT_ONCE)
    assert response.headers.get("retry-after") == "1", response.text
    problem: dict[str, Any] = response.json()
    schemas.check_problem(503, response.headers, problem)
    assert (response.status_code, problem["code"]) == (503, "engine_unavailable")
    return problem


def is_served(server: MockProcess, world: World) -> bool:
    return server.pool.get("/api/v1/social-accounts?limit=1", headers=authorized(world)).status_code == 200


@pytest.fixture
def gated(postgres_url: str) -> Iterator[tuple[str, Gate]]:
    """The URL of a database behind a gate, and the gate."""
    from psycopg.conninfo import conninfo_to_dict
    from tests.support.postgres import url

    parts = conninfo_to_dict(postgres_url)
    with gate(int(parts["port"] or 0)) as the_gate:
        yield url(postgres_url, str(parts["dbname"]), the_gate.port), the_gate


@pytest.mark.parametrize("way", ["refuses", "is silent"])
def test_calls_are_refused_at_once_and_served_again(gated: tuple[str, Gate], start: Start, way: str) -> None:
    url, gate = gated
    server = start("--state", url)
    world = server.world("acme")
    session = world.session(pages=2)
    before = world.page(limit=100)
    away, back = (gate.close, gate.open) if way == "refuses" else (gate.freeze, gate.thaw)
    away()
    finalize = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    selected = {"selectedPageIds": [page["id"] for page in session["pages"]]}
    problems = [
        refused(server, world, "GET", "/api/v1/social-accounts"),
        refused(server, world, "POST", finalize, selected),
        refused(server, world, "POST", "/_mock/accounts", {"platform": "x"}),
        refused(server, world, "GET", "/_mock/health"),
    ]
    back()
    until(lambda: is_served(server, world), "calls are served again")

    assert world.page(limit=100) == before
    assert len(world.finalize(session["session_token"], *selected["selectedPageIds"])) == 2
    password = httpx.URL(url).password
    assert password
    assert password not in server.log
    assert all(password not in str(problem) for problem in problems)


def test_server_does_not_start_without_its_engine(gated: tuple[str, Gate], tmp_path: Path) -> None:
    url, gate = gated
    gate.close()
    ended = command("serve", "--port", "0", "--state", url, cwd=tmp_path)
    text = ended.stderr.decode()

    assert ended.returncode == 2, text
    assert text.count("\n") == 1, text
    assert str(httpx.URL(url).password) not in text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits the files of a running process")
def test_full_disk_is_told_and_corrupts_nothing(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "worlds.db"
    server = start("--state", f"sqlite:///{file}")
    world = server.world("acme")
    session = world.session(pages=2)
    before = world.state()
    largest = max(each.stat().st_size for each in tmp_path.glob("worlds.db*"))
    process = psutil.Process(server.process.pid)
    process.rlimit(psutil.RLIMIT_FSIZE, (largest, psutil.RLIM_INFINITY))
    problem = _written_until_refused(server, world)
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    body = {"selectedPageIds": [page["id"] for page in session["pages"]]}
    refused(server, world, "POST", path, body)
    while_full = world.page(limit=100)
    process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))

    assert "disk" in problem["detail"] or "written" in problem["detail"], problem
    assert len(while_full["data"]) == 100
    assert len(world.finalize(session["session_token"], *body["selectedPageIds"])) == 2
    assert len(world.state()["accounts"]) > len(before["accounts"])
    server.stop()
    assert _is_sound(file)


def test_file_that_is_no_database_is_refused_with_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "worlds.db"
    file.write_bytes(b"no database" * 1000)
    ended = command("serve", "--port", "0", "--state", f"sqlite:///{file}", cwd=tmp_path)
    text = ended.stderr.decode()

    assert ended.returncode == 2, text
    assert text.count("\n") == 1, text
    assert str(file) in text
    assert file.read_bytes() == b"no database" * 1000


def _written_until_refused(server: MockProcess, world: World) -> dict[str, Any]:
    """Make accounts until the disk is full; the problem document."""
    for number in range(10_000):
        body = {"platform": "x", "display_name": f"{number} {'x' * 1000}"}
        response = server.pool.post("/_mock/accounts", headers=authorized(world), json=body)
        if response.status_code == 503:
            return refused(server, world, "POST", "/_mock/accounts", body)
        assert response.status_code == 201, response.text
    pytest.fail("the disk was never full")


def _is_sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("change", ["removed", "replaced", "damaged"])
def test_file_that_is_not_what_it_was_is_no_database_any_more(change: str, start: Start, tmp_path: Path) -> None:
    path = tmp_path / "worlds.db"
    server = start("--state", f"sqlite:///{path}")
    world = server.world("acme")
    world.page()
    if change == "damaged":
        _damage(path)
    else:
        path.rename(tmp_path / "other.db")
        if change == "replaced":
            shutil.copy(tmp_path / "other.db", path)

    expected = "is damaged" if change == "damaged" else "was removed or replaced"
    for method, path_of_call in (
        ("POST", "/_mock/reset"),  # a read may believe for a moment that nothing has changed
        ("GET", "/api/v1/social-accounts"),
        ("GET", "/_mock/health"),
    ):
        assert expected in refused(server, world, method, path_of_call)["detail"]
    assert "Traceback" not in server.log


def test_file_that_another_program_keeps_busy(start: Start, tmp_path: Path) -> None:
    server = start("--state", f"sqlite:///{tmp_path / 'worlds.db'}")
    world = server.world("acme")
    world.page()
    with (
        closing(sqlite3.connect(tmp_path / "worlds.db", isolation_level=None)) as other,
        ThreadPoolExecutor(20) as pool,
    ):
        other.execute("BEGIN IMMEDIATE")
        problems = [
            pool.submit(refused, server, world, "POST", "/_mock/accounts", {"platform": "x"}) for _ in range(20)
        ]
        assert world.page()["data"]
        for problem in problems:
            assert "busy" in problem.result()["detail"]
        other.execute("ROLLBACK")
    world.make(platform="x")


def _damage(path: Path) -> None:
    """Overwrite all pages of a database, apart from the first."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
