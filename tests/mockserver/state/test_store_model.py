"""Every engine behaves like a naive model."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from postfuze_mock.records import Row, encode, sort_key
from postfuze_mock.state.memory import MemoryStore
from postfuze_mock.state.store import Store

# Few distinct values, so that ties and matches are common.
IDS = [f"{n:08x}-0000-4a9f-9b1c-2e7d6f0a1234" for n in range(12)]
TIMES = [f"2026-06-01T09:30:00.00{n}Z" for n in range(4)]
VALUES: dict[str, list[str | None]] = {
    "tenant_id": [None, "tenant_1", "tenant_2"],
    "platform": ["x", "facebook"],
    "username": [None, "acme", "ACME"],
    "network_unique_id": ["1", "2", "3"],
}
FINDABLE = {"id": IDS, **{column: [*filter(None, values)] for column, values in VALUES.items()}}
ids = st.sampled_from(IDS)
fields = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in VALUES.items()})
rows = st.builds(
    lambda id, created_at, deleted, fields: encode({"id": id, "created_at": created_at, **fields}, deleted=deleted),
    ids,
    st.sampled_from(TIMES),
    st.booleans(),
    fields,
)
places = st.none() | st.builds(str.__add__, st.sampled_from(TIMES), ids)
filters = st.fixed_dictionaries(
    {}, optional={column: st.sampled_from([*values, "nobody's"]) for column, values in FINDABLE.items()}
)


def key(row: Row) -> str:
    return sort_key(row.account())


class NaiveRows(dict[str, Row]):
    """The simplest possible store: rows by id, scanned from end to end."""

    def page(self, where: Mapping[str, str], after: str | None, limit: int) -> list[Row]:
        matching = [row for row in self.values() if matches(row, where) and (after is None or key(row) < after)]
        return sorted(matching, key=key, reverse=True)[:limit]


def matches(row: Row, where: Mapping[str, str]) -> bool:
    return not row.deleted and where.items() <= row.account().items()


class StoreMachine(RuleBasedStateMachine):
    """Rows are added, changed and removed; pages and look-ups are compared after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.store: Store = MemoryStore()
        self.model = NaiveRows()

    @rule(new=st.lists(rows, max_size=8, unique_by=lambda row: row.account()["id"]))
    def load(self, new: list[Row]) -> None:
        self.store.load(iter(new))
        self.model = NaiveRows({row.account()["id"]: row for row in new})

    @rule(row=rows)
    def insert(self, row: Row) -> None:
        id = row.account()["id"]
        assert self.store.insert(row) is (id not in self.model)
        self.model.setdefault(id, row)

    @rule(id=ids, row=rows, stale=st.booleans())
    def compare_and_set(self, id: str, row: Row, stale: bool) -> None:
        new = encode({**row.account(), "id": id}, deleted=row.deleted)
        present = self.model.get(id)
        expected = present._replace(hidden=b'{"metrics":{}}') if present and stale else present or row
        assert self.store.compare_and_set(id, expected, new) is (expected == present)
        if expected == present:
            self.model[id] = new

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.model)))
        deleted = self.model[id]._replace(deleted=True)
        assert self.store.compare_and_set(id, self.model[id], deleted)
        self.model[id] = deleted

    @rule(where=filters, after=places, limit=st.integers(1, 4))
    def page(self, where: dict[str, str], after: str | None, limit: int) -> None:
        assert self.store.page(where, after, limit) == self.model.page(where, after, limit)

    @rule(where=filters)
    def find(self, where: dict[str, str]) -> None:
        assert self.store.find(where) == self.model.page(where, None, len(IDS))

    @rule(id=ids)
    def get(self, id: str) -> None:
        assert self.store.get(id) == self.model.get(id)

    @invariant()
    def holds_the_same(self) -> None:
        assert list(self.store.rows()) == sorted(self.model.values(), key=key)
        assert self.store.count() == len(self.model.page({}, None, len(IDS)))
        for column, values in FINDABLE.items():
            for value in values:
                assert self.store.find({column: value}) == self.model.page({column: value}, None, len(IDS))


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=60, stateful_step_count=30)


@given(
    st.lists(rows, max_size=12, unique_by=lambda row: row.account()["id"]),
    filters,
    st.integers(1, 3),
    st.lists(st.lists(st.tuples(ids, rows), max_size=3), max_size=12),
)
def test_walk_shows_every_lasting_row_once_despite_concurrent_changes(
    first: list[Row], where: dict[str, str], limit: int, changes: list[list[tuple[str, Row]]]
) -> None:
    store = MemoryStore()
    store.load(first)
    throughout = {key(row) for row in store.find(where)}
    keys: list[str] = []
    after: str | None = None
    steps = iter(changes)
    while page := store.page(where, after, limit):
        keys += map(key, page)
        after = keys[-1]
        for id, row in next(steps, []):
            put(store, id, row)
            throughout &= {key(row) for row in store.find(where)}
    assert throughout <= set(keys)
    assert all(later < earlier for earlier, later in pairwise(keys))


def put(store: Store, id: str, row: Row) -> None:
    """Store `row` under `id`, which may exist or not."""
    fields: dict[str, Any] = {**row.account(), "id": id}
    new = encode(fields, deleted=row.deleted)
    present = store.get(id)
    assert store.insert(new) if present is None else store.compare_and_set(id, present, new)
