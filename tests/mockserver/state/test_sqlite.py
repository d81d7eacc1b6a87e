"""What only a SQLite file has."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from postfuze_mock.state.sql.schema import migrate
from postfuze_mock.state.sqlite import SqliteDatabase

MEBIBYTE = 1 << 20


def test_log_does_not_stay_long(tmp_path: Path) -> None:
    file = tmp_path / "worlds.db"
    database, log = SqliteDatabase(file), tmp_path / "worlds.db-wal"
    write = partial(database.write, "INSERT INTO things (thing) VALUES (?)")
    database.run_now(lambda: database.write("CREATE TABLE things (thing BLOB)"), write=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM things").fetchall()
        for _ in range(40):
            database.run_now(partial(write, (bytes(MEBIBYTE),)), write=True)
        longest = log.stat().st_size
    for _ in range(250):
        database.run_now(partial(write, (b"small",)), write=True)
    database_size = file.stat().st_size
    length = log.stat().st_size
    database.close()

    assert longest > 40 * MEBIBYTE
    assert database_size > 40 * MEBIBYTE
    assert length < 32 * MEBIBYTE


def permissions(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize(("before", "after"), [(None, 0o600), (0o640, 0o640)], ids=["new", "given"])
def test_new_file_is_its_owners_and_one_that_is_there_stays_as_it_is(
    before: int | None, after: int, tmp_path: Path
) -> None:
    file = tmp_path / "worlds.db"
    if before is not None:
        file.touch()
        file.chmod(before)
    database = SqliteDatabase(file)
    migrate(database)
    try:
        assert permissions(tmp_path) == dict.fromkeys(("worlds.db", "worlds.db-wal", "worlds.db-shm"), after)
    finally:
        database.close()
