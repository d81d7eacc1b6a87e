"""The engine in a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

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
