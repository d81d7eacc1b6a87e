"""The journals of all worlds: a ring of calls each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from postfuze_mock.state.calls import Added, Place, Stored, Wanted
from postfuze_mock.state.sql.database import Database

#: `part` of a journal counts how often it was cleared: the calls of the part before are those that were removed last,
#: `removed` what is added to the numbers of later ones if they are put back. A world need not be built to have one.
TABLES: Final = (
    """CREATE {unlogged} TABLE journals (
        world {key} PRIMARY KEY,
        count {number} NOT NULL,
        size {number} NOT NULL,
        part {number} NOT NULL,
        removed {number} NOT NULL
    )""",
    """CREATE {unlogged} TABLE calls (
        world {key} NOT NULL,
        part {number} NOT NULL,
        number {number} NOT NULL,
        finished {number} NOT NULL,
        at {number},
        operation {key},
        status {number},
        entry {blob} NOT NULL,
        body {blob},
        response_body {blob} NOT NULL,
        PRIMARY KEY (world, part, finished, number)
    )""",
    "CREATE INDEX calls_by_time ON calls (finished, world, number)",
)
_WORLDS: Final = 200  # worlds whose journals are added to at once
_BATCH: Final = 200  # places of all worlds that are read at once
_LAST: Final = 2**63 - 1
_PRESENT: Final = "calls JOIN journals ON journals.world = calls.world AND journals.part = calls.part"
_COLUMNS: Final = ("world", "part", "number", "at", "finished", "operation", "status", "entry", "body", "response_body")
_STORED: Final = ", ".join(f"calls.{name}" for name in _COLUMNS[3:])


class SqlCalls:
    """`state.calls.Calls` in tables of `database`. A journal stores `size` calls until that is changed, and all
    together about `total`."""

    def __init__(self, database: Database, size: int, total: int) -> None:
        self.database = database
        self._size = size
        self._total = total

    def append(self, added: Mapping[str, Added]) -> None:
        worlds = sorted(added)  # in one order, so that no two processes wait for each other
        for start in range(0, len(worlds), _WORLDS):
            self._append({world: added[world] for world in worlds[start : start + _WORLDS]})

    def _append(self, added: Mapping[str, Added]) -> None:
        values = [value for world, (total, _) in added.items() for value in (world, total, self._size)]
        sql = (
            f"INSERT INTO journals (world, count, size, part, removed) VALUES {_places(len(added), '(?, ?, ?, 0, 0)')} "
            "ON CONFLICT (world) DO UPDATE SET count = journals.count + excluded.count "
            "RETURNING world, count, size, part"
        )
        journals = self.database.write(sql, values)
        clocks, rows = self._clocks(added), []
        for world, count, size, part in journals:
            calls = added[world].calls
            kept = _with_times(calls[max(len(calls) - size, 0) :], clocks.get(world))
            rows += [(world, part, number, *call) for number, call in enumerate(kept, start=count - len(kept) + 1)]
        self.database.insert_many("calls", _COLUMNS, rows)
        for world, count, size, part in journals:
            if count > size:
                self._drop(world, part, size)

    def places(self, world: str | None, wanted: Wanted) -> Iterator[Place]:
        condition, values = _condition(world, wanted)
        query = f"SELECT calls.world, calls.number, calls.finished FROM {_PRESENT} WHERE {condition}"
        order = "ORDER BY calls.finished DESC, calls.world DESC, calls.number DESC"
        if world is not None:
            yield from map(Place._make, self.database.read(f"{query} {order}", values))
            return
        query = f"{query} AND (calls.finished, calls.world, calls.number) < (?, ?, ?) {order} LIMIT {_BATCH}"
        last = Place("", 0, _LAST)
        while batch := self.database.read(query, (*values, last.finished, last.world, last.number)):
            yield from map(Place._make, batch)
            last = Place._make(batch[-1])

    def total(self, world: str | None, wanted: Wanted) -> int:
        condition, values = _condition(world, wanted)
        total: int = self.database.read(f"SELECT count(*) FROM {_PRESENT} WHERE {condition}", values)[0][0]
        return total

    def stored(self, places: Sequence[Place]) -> list[tuple[Place, Stored]]:
        if not places:
            return []
        keys = _places(len(places), "(?, ?, ?)")
        condition = f"(calls.world, calls.number, calls.finished) IN (VALUES {keys})"
        sql = f"SELECT calls.world, calls.number, calls.finished, {_STORED} FROM {_PRESENT} WHERE {condition}"
        rows = self.database.read(sql, [value for place in places for value in place])
        found = {Place._make(row[:3]): _stored(row[3:]) for row in rows}
        return [(place, found[place]) for place in places if place in found]

    def revision(self, world: str) -> tuple[int, ...]:
        rows = self.database.read("SELECT count, size, part FROM journals WHERE world = ?", (world,))
        return rows[0] if rows else (0, self._size, 0)

    def failed_since(self, world: str, count: int) -> int:
        sql = (
            f"SELECT count(*) FROM {_PRESENT} WHERE journals.world = ? AND calls.number > ? "
            "AND (status >= 400 OR status IS NULL)"
        )
        failed: int = self.database.read(sql, (world, min(count, _LAST)))[0][0]
        return failed

    def resize(self, world: str, size: int) -> None:
        sql = (
            "INSERT INTO journals (world, count, size, part, removed) VALUES (?, 0, ?, 0, 0) "
            "ON CONFLICT (world) DO UPDATE SET size = excluded.size RETURNING count, part"
        )
        count, part = self.database.write(sql, (world, size))[0]
        if count > size:
            self._drop(world, part, size)

    def clear(self, world: str, *, anew: bool) -> None:
        change = "removed = count, count = 0, size = ?" if anew else "removed = 0, size = coalesce(?, size)"
        sql = f"UPDATE journals SET part = part + 1, {change} WHERE world = ? RETURNING part"
        for (part,) in self.database.write(sql, (self._size if anew else None, world)):
            self.database.write("DELETE FROM calls WHERE world = ? AND part < ?", (world, part - 1))

    def forget(self, world: str) -> None:
        for table in ("calls", "journals"):
            self.database.write(f"DELETE FROM {table} WHERE world = ?", (world,))

    def put_back(self, world: str) -> None:
        sql = f"SELECT size, part, removed FROM journals WHERE world = ?{self.database.dialect.for_update}"
        for size, part, removed in self.database.write(sql, (world,)):
            move = "UPDATE calls SET part = ?, number = number + ? WHERE world = ? AND part = ?"
            for added, from_part in ((removed, part), (0, part - 1)):
                self.database.write(move, (part + 1, added, world, from_part))
            change = "UPDATE journals SET part = ?, count = count + ?, removed = 0 WHERE world = ?"
            self.database.write(change, (part + 1, removed, world))
            self._drop(world, part + 1, size)

    def clear_unbuilt(self) -> None:
        unbuilt = "world NOT IN (SELECT name FROM worlds)"
        self.database.write(f"DELETE FROM calls WHERE world IN (SELECT world FROM journals WHERE {unbuilt})")
        self.database.write(f"DELETE FROM journals WHERE {unbuilt}")

    def trim(self) -> None:
        oldest = "SELECT finished FROM calls ORDER BY finished DESC LIMIT 1 OFFSET ?"
        self.database.write(f"DELETE FROM calls WHERE finished < ({oldest})", (self._total - 1,))
        empty = "NOT EXISTS (SELECT 1 FROM calls WHERE calls.world = journals.world)"
        self.database.write(f"DELETE FROM journals WHERE {empty} AND world NOT IN (SELECT name FROM worlds)")

    def _drop(self, world: str, part: int, size: int) -> None:
        """Drop the oldest calls, all but `size`. Numbers do not tell their age: each process writes when it can."""
        oldest = "SELECT finished FROM calls WHERE world = ? AND part = ? ORDER BY finished DESC LIMIT 1 OFFSET ?"
        journal = (world, part)
        if size:
            condition = f"world = ? AND part = ? AND finished < ({oldest})"
            self.database.write(f"DELETE FROM calls WHERE {condition}", (*journal, *journal, size - 1))
        else:
            self.database.write("DELETE FROM calls WHERE world = ? AND part = ?", journal)

    def _clocks(self, added: Mapping[str, Added]) -> dict[str, tuple[int | None, int | None]]:
        """What the clocks of worlds are ahead, and what they stand still at, if their calls need it."""
        worlds = [world for world, (_, calls) in added.items() if any(call.at is None for call in calls)]
        if not worlds:
            return {}
        sql = f"SELECT name, ahead, frozen_at FROM worlds WHERE name IN ({_places(len(worlds), '?')})"
        return {name: (ahead, frozen_at) for name, ahead, frozen_at in self.database.read(sql, worlds)}


def _with_times(calls: Sequence[Stored], clock: tuple[int | None, int | None] | None) -> Sequence[Stored]:
    if clock is None:
        return calls
    ahead, frozen_at = clock

    def at(call: Stored) -> int:
        return call.finished // 1_000_000 + (ahead or 0) if frozen_at is None else frozen_at

    return [call._replace(at=at(call)) if call.at is None else call for call in calls]


def _places(count: int, place: str) -> str:
    return ", ".join([place] * count)


def _condition(world: str | None, wanted: Wanted) -> tuple[str, list[Any]]:
    conditions = ["(status BETWEEN ? AND ? OR (? = 1 AND status IS NULL))"]
    values: list[Any] = [wanted.lowest, wanted.highest, int(wanted.dropped)]
    optional = {
        "journals.world = ?": world,
        "operation = ?": wanted.operation,
        "finished > ?": wanted.after,
        "finished < ?": wanted.before,
    }
    given = {condition: value for condition, value in optional.items() if value is not None}
    conditions += given
    values += given.values()
    return " AND ".join(conditions), values


def _stored(fields: Sequence[Any]) -> Stored:
    *rest, entry, body, response_body = fields
    return Stored._make((*rest, bytes(entry), None if body is None else bytes(body), bytes(response_body)))
