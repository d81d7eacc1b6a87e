"""What a process does with what it recorded, beside the requests."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.mockserver.journal.books import MAX_TOTAL, SqlBooks, paths, record

from postfuze_mock.problems import Problem
from postfuze_mock.state.sql.coverage import SqlCoverage
from postfuze_mock.state.sql.processes import FORGOTTEN, STALE, Processes
from postfuze_mock.worlds.journal import recorder as recorders
from postfuze_mock.worlds.journal import shared_journal
from postfuze_mock.worlds.journal.recorder import Recorder
from postfuze_mock.worlds.shared_coverage import SharedCoverage


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Process:
    """A process on the database of `books`, with journals and a coverage of its own."""

    def __init__(self, books: SqlBooks, clock: Clock, total: int = MAX_TOTAL) -> None:
        self.books = SqlBooks(books.database, total)
        self.coverage = SharedCoverage(books.database, SqlCoverage(books.database))
        self.processes = Processes(books.database, clock)
        self.recorder = Recorder(books.database, self.processes, self.books.journals, self.coverage)

    def record(self, path: str) -> None:
        """Record a call, without writing it."""
        record(self.books.journals.of("acme"), path)

    def stored(self) -> list[str]:
        """The paths of the calls that all processes can read."""
        journals = self.books.journals
        return paths(self.books, journals.of("acme"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(sqlite: SqlBooks, clock: Clock) -> Process:
    return Process(sqlite, clock)


@pytest.fixture
def other(sqlite: SqlBooks, clock: Clock) -> Process:
    """Another process on the same database."""
    return Process(sqlite, clock)


def run(*services: Process, then: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `then` while the recorders run."""

    async def running() -> None:
        for each in services:
            await each.recorder.start()
        try:
            await then()
        finally:
            for each in services:
                await each.recorder.stop()

    asyncio.run(running())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.001)


def test_calls_are_written_soon_and_at_once_if_there_are_many(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_journal, "MANY", 600)

    async def steps() -> None:
        process.record("/1")
        await until(lambda: process.stored() == ["/1"])
        for _ in range(shared_journal.MANY):
            process.record("/2")
        await until(lambda: len(process.stored()) == shared_journal.MANY + 1)

    run(process, then=steps)


def test_reader_gets_what_all_processes_have_recorded(process: Process, other: Process) -> None:
    async def steps() -> None:
        for number in range(20):
            (process, other)[number % 2].record(f"/{number}")
            await process.recorder.complete()
            assert process.stored() == [f"/{each}" for each in range(number + 1)]

    run(process, other, then=steps)


def test_readers_at_the_same_time_share_requests(process: Process, other: Process) -> None:
    async def steps() -> None:
        before = process.books.run(process.processes.asked)
        other.record("/1")
        await asyncio.gather(*(process.recorder.complete() for _ in range(50)))

        assert process.stored() == ["/1"]
        assert process.books.run(process.processes.asked) - before <= 2

    run(process, other, then=steps)


def test_reader_that_is_alone_asks_nobody(process: Process) -> None:
    async def steps() -> None:
        process.record("/1")
        await process.recorder.complete()

        assert process.stored() == ["/1"]
        assert process.books.run(process.processes.asked) == 0

    run(process, then=steps)


def test_process_that_does_not_answer_is_waited_for_once(
    process: Process, other: Process, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorders, "MAX_WAIT", 0.01)
    other.books.database.run_now(other.processes.beat, write=True)  # and then it is killed

    async def steps() -> None:
        process.record("/1")
        await process.recorder.complete()
        await process.recorder.complete()
        assert process.stored() == ["/1"]

    run(process, then=steps)
    assert [each.getMessage() for each in caplog.records] == ["1 other processes do not say what they have recorded."]


def test_stopped_recorder_has_written_everything_and_left(process: Process, other: Process) -> None:
    async def steps() -> None:
        other.record("/1")

    run(process, other, then=steps)
    assert process.stored() == ["/1"]
    assert process.books.run(lambda: process.books.database.read("SELECT id FROM processes")) == []


def test_calls_are_kept_while_the_engine_is_busy(
    process: Process, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def steps() -> None:
        with closing(sqlite3.connect(tmp_path / "journals.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            process.record("/1")
            process.coverage.happened("event account.connected", "acme")
            await until(lambda: bool(caplog.records))
            with pytest.raises(Problem):
                await process.recorder.complete()
            process.record("/2")
        await process.recorder.complete()
        assert process.stored() == ["/1", "/2"]

    run(process, then=steps)
    (told,) = [each.getMessage() for each in caplog.records]
    assert told.startswith("Calls are not in the journal yet: Other processes keep the database busy.")


def test_engine_that_is_away_is_told_once_also_by_a_process_that_has_nothing_to_write(
    process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Steps that have nothing to do lie between its heartbeats."""
    monkeypatch.setattr(recorders, "HEARTBEAT", 3 * recorders.POLL)
    monkeypatch.setattr("postfuze_mock.state.sqlite._MAX_WAIT", 0.01)
    attempts = 0
    original = process.books.database.run

    async def run_and_count(work: Callable[[], Any], *, write: bool = False) -> Any:
        nonlocal attempts
        attempts += 1
        return await original(work, write=write)

    async def steps() -> None:
        monkeypatch.setattr(process.books.database, "run", run_and_count)
        with closing(sqlite3.connect(tmp_path / "journals.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await until(lambda: bool(caplog.records))
            told = attempts
            await until(lambda: attempts >= told + 3)
        monkeypatch.undo()

    run(process, then=steps)
    assert len(caplog.records) == 1


def test_too_many_calls_are_dropped_and_told(
    process: Process, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared_journal, "MAX_BUFFERED", 3)
    for number in range(5):
        process.record(f"/{number}")

    async def steps() -> None:
        await until(lambda: bool(caplog.records))

    run(process, then=steps)
    assert process.recorder.dropped == 2
    assert process.stored() == ["/0", "/1", "/2"]
    assert [each.getMessage() for each in caplog.records] == ["2 calls are not in the journal: there were too many."]


def test_large_calls_are_bounded_too(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_journal, "MAX_BYTES", 20_000)
    for number in range(5):
        record(process.books.journals.of("acme"), f"/{number}", response_body=b"x" * 8000)

    assert process.recorder.dropped == 3
    assert len(process.books.journals.buffer) == 2


def test_oldest_calls_of_all_worlds_go(
    sqlite: SqlBooks, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    process = Process(sqlite, clock, total=10)
    monkeypatch.setattr(recorders, "_TRIM", 5)
    caplog.set_level(logging.WARNING)

    async def steps() -> None:
        for number in range(30):
            record(process.books.journals.of(f"w{number % 3}"), f"/{number}")
            await process.recorder.complete()

    run(process, then=steps)
    kept = paths(process.books, process.books.journals.all())

    assert kept == [f"/{number}" for number in range(30 - len(kept), 30)]
    assert 10 <= len(kept) < 20
    assert caplog.records == []


def beat(process: Process) -> None:
    process.books.database.run_now(process.processes.beat, write=True)


def test_processes_see_each_other_as_long_as_they_live(process: Process, other: Process, clock: Clock) -> None:
    for each in (process, other, process):
        beat(each)
    both = (process.processes.live, other.processes.live)
    clock.now += STALE
    beat(process)
    without = process.processes.live
    beat(other)
    beat(process)

    assert both == (2, 2)
    assert (without, process.processes.live) == (1, 2)


def test_process_that_is_silent_for_long_is_forgotten_and_may_come_again(
    process: Process, other: Process, clock: Clock
) -> None:
    beat(other)
    beat(process)
    clock.now += FORGOTTEN + 1
    beat(process)
    ids = process.books.run(lambda: process.books.database.read("SELECT id FROM processes"))
    beat(other)
    beat(process)

    assert ids == [(process.processes.id,)]
    assert process.processes.live == 2
