"""What only a SQLite file has."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from postfuze_mock.state.sql.schema import migrate
from postfuze_mock.state.sqlite import SqliteDatabase


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
