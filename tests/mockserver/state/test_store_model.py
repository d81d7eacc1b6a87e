"""Every engine behaves like a naive model, for this process and for another one."""

from __future__ import annotations

from itertools import count, pairwise
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.mockserver.state import model as made
from tests.mockserver.state.model import FINDABLE, LOGS, TOKENS, Model, id_of, key
from tests.mockserver.state.stores import Engine

from postfuze_mock.records import Row, Session, encode
from postfuze_mock.state.store import Store

#: How many runs of the machine an engine gets: those of memory cost least.
EXAMPLES: Final = {"memory": 60, "sqlite": 30, "postgresql": 5}


class StoreMachine(RuleBasedStateMachine):
    """Everything that a store has is changed in any order; all that can be read is compared after each step."""

    engine: Engine
    _numbers = count()

    def __init__(self) -> None:
        super().__init__()
        self.world = f"world_{next(self._numbers)}"
        self.store = self.engine.store(self.world)
        self.model = Model()

    # Accounts.

    @rule(new=made.many_rows)
    def load(self, new: list[Row]) -> None:
        self.store.load(iter(new))
        self.model.rows = {id_of(row): row for row in new}

    @rule(new=made.many_rows)
    def load_on_demand(self, new: list[Row]) -> None:
        self.store.load_on_demand(lambda: iter(new), len([row for row in new if not row.deleted]))
        self.model.rows = {id_of(row): row for row in new}

    @rule()
    def unload(self) -> None:
        self.store.unload()

    @rule(row=made.rows)
    def insert(self, row: Row) -> None:
        assert self.store.insert(row) is (id_of(row) not in self.model.rows)
        self.model.rows.setdefault(id_of(row), row)

    @rule(id=made.ids, row=made.rows, stale=st.booleans())
    def compare_and_set(self, id: str, row: Row, stale: bool) -> None:
        new = encode({**row.account(), "id": id}, deleted=row.deleted)
        present = self.model.rows.get(id)
        expected = present._replace(hidden=b'{"metrics":{}}') if present and stale else present or row
        assert self.store.compare_and_set(id, expected, new) is (expected == present)
        if expected == present:
            self.model.rows[id] = new

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.model.rows)))
        deleted = self.model.rows[id]._replace(deleted=True)
        assert self.store.compare_and_set(id, self.model.rows[id], deleted)
        self.model.rows[id] = deleted

    @rule(where=made.filters, after=made.places, limit=st.integers(1, 4))
    def page(self, where: dict[str, str], after: str | None, limit: int) -> None:
        assert self.store.page(where, after, limit) == self.model.page(where, after, limit)

    # Sessions.

    @rule(session=made.sessions)
    def put_session(self, session: Session) -> None:
        self.store.put_session(session)
        self.model.sessions[session["session_token"]] = session

    @rule(token=made.tokens)
    def take(self, token: str) -> None:
        assert self.store.take(token) == self.model.sessions.pop(token, None)

    @rule(at=st.sampled_from(made.TIMES))
    def expire_sessions(self, at: str) -> None:
        expired = [
            token for token, each in self.model.sessions.items() if each["expires_at"] and each["expires_at"] <= at
        ]
        assert self.store.expire_sessions(at) == expired
        for token in expired:
            del self.model.sessions[token]

    # Logs and counters.

    @rule(log=made.logs, key=made.keys, entry=made.entries)
    def append(self, log: str, key: str, entry: dict[str, Any]) -> None:
        assert self.store.append(log, key, entry, LOGS[log]) == self.model.append(log, key, entry)

    @rule(log=made.logs, key=made.keys, expected=made.entries, new=made.entries)
    def replace_logged(self, log: str, key: str, expected: dict[str, Any], new: dict[str, Any]) -> None:
        is_there = self.model.logs[log].get(key) == expected
        assert self.store.replace_logged(log, key, expected, new) is is_there
        if is_there:
            self.model.logs[log][key] = new

    @rule(counter=made.counters)
    def next(self, counter: str) -> None:
        self.model.counters[counter] = self.model.counters.get(counter, 0) + 1
        assert self.store.next(counter) == self.model.counters[counter]

    @rule(values=st.dictionaries(made.counters, st.integers(1, 9)))
    def set_counters(self, values: dict[str, int]) -> None:
        self.store.set_counters(values)
        self.model.counters = dict(values)

    # All of it.

    @rule()
    def clear(self) -> None:
        self.store.clear()
        self.model = Model()

    @rule()
    def go_on_in_another_process(self) -> None:
        self.store = self.engine.seen_by_another(self.world)

    @rule()
    def restart(self) -> None:
        self.engine.restart()
        self.store = self.engine.store(self.world)

    @invariant()
    def has_the_accounts(self) -> None:
        for store in (self.store, self.engine.seen_by_another(self.world)):
            assert list(store.rows()) == sorted(self.model.rows.values(), key=key)
            assert store.count() == len(self.model.page({}))
        for id in FINDABLE["id"]:
            assert self.store.get(id) == self.model.rows.get(id)
        for column, values in FINDABLE.items():
            for value in values:
                assert self.store.find({column: value}) == self.model.page({column: value})

    @invariant()
    def has_the_sessions(self) -> None:
        sessions = list(self.model.sessions.values())
        for store in (self.store, self.engine.seen_by_another(self.world)):
            assert store.sessions() == sessions
            assert store.session_count() == len(sessions)
        assert [self.store.session(token) for token in TOKENS] == [*map(self.model.sessions.get, TOKENS)]
        newest_first = list(self.store.sessions_before(None))
        assert [each for _, each in newest_first] == sessions[::-1]
        for number, _ in newest_first:
            assert list(self.store.sessions_before(number)) == [each for each in newest_first if each[0] < number]

    @invariant()
    def has_the_logs_and_counters(self) -> None:
        for store in (self.store, self.engine.seen_by_another(self.world)):
            assert store.counters() == self.model.counters
            for log, entries in self.model.logs.items():
                assert store.log(log) == list(entries.values())
        for log, entries in self.model.logs.items():
            assert self.store.log_count(log) == len(entries)
            newest_first = list(entries.items())[::-1]
            assert list(self.store.log_before(log, None)) == newest_first
            for at, (each, entry) in enumerate(newest_first):
                assert self.store.logged(log, each) == entry
                assert list(self.store.log_before(log, each)) == newest_first[at + 1 :]


def test_store_behaves_like_the_model(engine: Engine) -> None:
    machine = type("Machine", (StoreMachine,), {"engine": engine})
    run_state_machine_as_test(machine, settings=settings(max_examples=EXAMPLES[engine.name], stateful_step_count=30))


def test_walk_shows_every_lasting_row_once_despite_concurrent_changes(engine: Engine) -> None:
    numbers = count()

    @settings(max_examples=EXAMPLES[engine.name])
    @given(
        st.lists(made.rows, max_size=12, unique_by=id_of),
        made.filters,
        st.integers(1, 3),
        st.lists(st.lists(st.tuples(made.ids, made.rows), max_size=3), max_size=12),
    )
    def walk(first: list[Row], where: dict[str, str], limit: int, changes: list[list[tuple[str, Row]]]) -> None:
        world = f"world_{next(numbers)}"
        engine.store(world).load(first)
        _walk(engine.store(world), engine.seen_by_another(world), where, limit, changes)

    walk()


def _walk(store: Store, other: Store, where: dict[str, str], limit: int, changes: list[list[tuple[str, Row]]]) -> None:
    """Walk through the pages of `store`, while `other` makes `changes` between them."""
    throughout = {key(row) for row in store.find(where)}
    seen: list[str] = []
    after: str | None = None
    steps = iter(changes)
    while page := store.page(where, after, limit):
        seen += map(key, page)
        after = seen[-1]
        for id, row in next(steps, []):
            _put(other, id, row)
            throughout &= {key(row) for row in store.find(where)}
    assert throughout <= set(seen)
    assert all(later < earlier for earlier, later in pairwise(seen))


def _put(store: Store, id: str, row: Row) -> None:
    """Store `row` under `id`, which may exist or not."""
    new = encode({**row.account(), "id": id}, deleted=row.deleted)
    present = store.get(id)
    assert store.insert(new) if present is None else store.compare_and_set(id, present, new)
