"""What only the engine in memory has: no row is decoded in vain, and unchanged ones can go."""

import gc
from collections.abc import Iterator

import pytest
from tests.mockserver.state.samples import id_of, row

from postfuze_mock.records import Account, Row, sort_key
from postfuze_mock.state.memory import store as memory
from postfuze_mock.state.memory.store import MemoryStore
from postfuze_mock.state.store import Store


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_refused_load_leaves_no_rows(store: Store) -> None:
    store.load([row(3)])
    with pytest.raises(ValueError, match=id_of(row(1))):
        store.load([row(1), row(2), row(1)])
    assert store.count() == 0
    assert gc.isenabled()


def test_rows_on_demand_are_read_when_they_are_needed_and_again_after_unloading(store: Store) -> None:
    readings = []

    def read_rows() -> list[Row]:
        readings.append(1)
        return [row(1), row(2)]

    store.load_on_demand(read_rows, 2)
    revision = store.revision()
    assert (store.count(), store.has_loaded(), readings) == (2, False, [])
    assert store.find({}) == store.find({}) == [row(2), row(1)]
    store.unload()
    assert (store.count(), store.has_loaded(), readings) == (2, False, [1])
    assert store.get(id_of(row(1))) == row(1)

    assert (store.revision(), readings) == (revision, [1, 1])


def test_only_what_has_changed_stays_when_the_rest_goes(store: Store) -> None:
    readings = []

    def read_rows() -> list[Row]:
        readings.append(1)
        return [row(1), row(2), row(3)]

    changed, deleted, new = row(1, username="changed"), row(2)._replace(deleted=True), row(4)
    store.load_on_demand(read_rows, 3)
    store.compare_and_set(id_of(row(1)), row(1), changed)
    store.compare_and_set(id_of(row(2)), row(2), deleted)
    store.insert(new)
    store.unload()
    assert (store.count(), store.has_loaded()) == (3, False)
    assert [store.get(id_of(each)) for each in (changed, deleted, new)] == [changed, deleted, new]
    assert readings == [1]

    assert store.find({}) == [new, row(3), changed]
    assert store.find({"username": "acme_1"}) == []
    assert list(store.rows()) == [changed, deleted, row(3), new]
    assert readings == [1, 1]


def test_rows_that_nobody_can_read_again_stay(store: Store) -> None:
    store.load_on_demand(lambda: [row(1)], 1)
    store.load([row(2), row(3)])
    store.compare_and_set(id_of(row(2)), row(2), row(2, username="changed"))
    store.unload()

    assert store.has_loaded()
    assert store.find({}) == [row(3), row(2, username="changed")]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"platform": "x"},
        {"tenant_id": "tenant_2"},
        {"username": "acme_500"},
        {"network_unique_id": "500"},
        {"tenant_id": "tenant_2", "platform": "x"},
        {"tenant_id": "tenant_2", "platform": "facebook"},
    ],
    ids=str,
)
def test_listing_a_page_decodes_no_row(where: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.load(map(row, range(1000)))
    monkeypatch.setattr(Row, "account", lambda _: pytest.fail("a row was decoded"))
    store.page(where, None, 10)
    store.page(where, sort_key({"created_at": "2026-06-01T09:30:08.000Z", "id": ""}), 10)


def test_filter_for_one_account_decodes_only_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.load(map(row, range(1000)))
    decoded: list[Row] = []
    decode = Row.account

    def decoding(row: Row) -> Account:
        decoded.append(row)
        return decode(row)

    monkeypatch.setattr(Row, "account", decoding)
    assert store.page({"username": "acme_500", "platform": "x", "tenant_id": "tenant_0"}, None, 10) == [row(500)]
    assert decoded == [row(500)]


@pytest.fixture
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("unfrozen")
def test_large_world_is_not_tracked_by_the_garbage_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MIN_FROZEN", 3)
    before = gc.get_freeze_count()  # Python 3.12 itself freezes some objects
    store = MemoryStore()
    store.load(map(row, range(2)))
    assert gc.get_freeze_count() == before
    store.load(map(row, range(3)))
    assert gc.get_freeze_count() >= before + 3
    assert gc.isenabled()


def test_no_two_stores_have_the_same_revision(store: Store) -> None:
    store.insert(row(1))
    other = MemoryStore()
    other.insert(row(1))

    assert other.revision() != store.revision()
