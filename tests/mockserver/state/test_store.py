"""The contract of every store engine, and the optimizations of the in-memory one."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from postfuze_mock.records import Account, Row, Session, encode, sort_key
from postfuze_mock.state import memory
from postfuze_mock.state.memory import MemoryStore
from postfuze_mock.state.store import Store

SESSION: Session = {
    "session_token": "9f8e7d6c5b4a39281706",
    "network": "facebook",
    "tenant_id": None,
    "expires_at": None,
    "pages": [],
    "account_ids": [],
}


def row(n: int, **fields: Any) -> Row:
    """The n-th row; a larger n is newer."""
    account = {
        "id": f"{n:08x}-0000-4a9f-9b1c-2e7d6f0a1234",
        "platform": ("x", "facebook")[n % 2],
        "tenant_id": f"tenant_{n % 4}",
        "network_unique_id": str(n),
        "username": f"acme_{n}",
        "created_at": f"2026-06-01T09:30:{n % 3600 // 60:02}.{n % 60:03}Z",
    }
    return encode({**account, **fields})


def id_of(row: Row) -> str:
    id: str = row.account()["id"]
    return id


@pytest.fixture
def store() -> Store:
    return MemoryStore()


def test_id_cannot_be_inserted_twice_even_if_deleted(store: Store) -> None:
    store.load([row(1)._replace(deleted=True)])
    assert not store.insert(row(1))
    assert store.get(id_of(row(1))) == row(1)._replace(deleted=True)
    assert store.count() == 0


def test_loading_a_duplicate_id_is_refused_and_leaves_no_rows(store: Store) -> None:
    store.load([row(3)])
    with pytest.raises(ValueError, match=id_of(row(1))):
        store.load([row(1), row(2), row(1)])
    assert store.count() == 0
    assert gc.isenabled()


def test_changed_row_is_not_set(store: Store) -> None:
    store.load([row(1)])
    assert store.compare_and_set(id_of(row(1)), row(1), row(1, username="first"))
    assert not store.compare_and_set(id_of(row(1)), row(1), row(1, username="second"))
    assert store.find({"username": "first"}) == [row(1, username="first")]
    assert store.find({"username": "second"}) == []


def test_missing_row_is_not_set(store: Store) -> None:
    assert not store.compare_and_set(id_of(row(1)), row(1), row(1))
    assert store.get(id_of(row(1))) is None


def test_row_cannot_change_its_id(store: Store) -> None:
    store.load([row(1)])
    with pytest.raises(ValueError, match="cannot become"):
        store.compare_and_set(id_of(row(1)), row(1), row(2))
    assert list(store.rows()) == [row(1)]


def test_changing_a_page_does_not_change_the_store(store: Store) -> None:
    store.load([row(1), row(2)])
    store.page({}, None, 25).clear()
    assert store.count() == len(store.page({}, None, 25)) == 2


def test_session_is_taken_once(store: Store) -> None:
    store.put_session(SESSION)
    assert store.session(SESSION["session_token"]) == SESSION
    assert [store.take(SESSION["session_token"]) for _ in range(3)] == [SESSION, None, None]
    assert store.session(SESSION["session_token"]) is None
    assert store.sessions() == []


def test_changing_a_session_does_not_change_the_store(store: Store) -> None:
    mine: Session = {**SESSION, "account_ids": ["one"]}
    store.put_session(mine)
    mine["account_ids"].append("two")
    session = store.session(SESSION["session_token"])
    assert session is not None
    session["account_ids"].append("three")
    assert store.sessions() == [{**SESSION, "account_ids": ["one"]}]


def test_counters_are_independent_and_continue_from_a_set_value(store: Store) -> None:
    assert [store.next("event"), store.next("event"), store.next("account")] == [1, 2, 1]
    assert store.counters() == {"event": 2, "account": 1}
    store.set_counters({"event": 7})
    assert [store.next("event"), store.next("account")] == [8, 1]


def test_logs_preserve_entries_and_order(store: Store) -> None:
    entry = {"event": "account.connected", "data": {"status": "active"}}
    store.append("events", "b", entry, 2)
    entry["data"] = {}
    store.append("events", "a", {"event": "account.disconnected"}, 2)
    assert store.log("events") == [
        {"event": "account.connected", "data": {"status": "active"}},
        {"event": "account.disconnected"},
    ]
    assert store.logged("events", "a") == {"event": "account.disconnected"}
    assert store.logged("events", "c") is None
    assert store.log("journal") == []
    assert store.logged("journal", "b") is None


def test_logs_store_only_the_last_entries(store: Store) -> None:
    for number in range(5):
        store.append("events", str(number), {"number": number}, 2)
    assert store.log("events") == [{"number": 3}, {"number": 4}]
    assert store.logged("events", "2") is None


def test_clearing_removes_everything(store: Store) -> None:
    store.load([row(1)])
    store.put_session(SESSION)
    store.append("events", "a", {}, 2)
    store.next("event")
    store.clear()
    assert (list(store.rows()), store.sessions(), store.log("events"), store.counters()) == ([], [], [], {})
    assert store.page({}, None, 25) == store.find({"username": "acme_1"}) == []


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


def test_revision_changes_exactly_with_the_content(store: Store) -> None:
    changes: list[Callable[[], object]] = [
        lambda: store.load([row(1), row(2)]),
        lambda: store.insert(row(3)),
        lambda: store.compare_and_set(id_of(row(1)), row(1), row(1, status="revoked")),
        lambda: store.put_session(SESSION),
        lambda: store.take(SESSION["session_token"]),
        lambda: store.next("counter"),
        lambda: store.set_counters({"counter": 5}),
        lambda: store.append("log", "key", {"n": 1}, 2),
        lambda: store.replace_logged("log", "key", {"n": 1}, {"n": 2}),
        store.clear,
        lambda: store.insert(row(4)),
    ]
    revisions = [store.revision()]
    for change in changes:
        change()
        revisions.append(store.revision())
    store.insert(row(4))
    store.compare_and_set(id_of(row(4)), row(1), row(4))
    store.take("unknown")
    store.replace_logged("log", "key", {"n": 1}, {"n": 2})

    assert len(set(revisions)) == len(revisions)
    assert store.revision() == revisions[-1]


def test_no_two_stores_have_the_same_revision(store: Store) -> None:
    store.insert(row(1))
    other = MemoryStore()
    other.insert(row(1))

    assert other.revision() != store.revision()


def test_rows_are_a_snapshot(store: Store) -> None:
    store.load([row(2), row(3)._replace(deleted=True), row(1)])
    rows = store.rows()
    store.insert(row(4))
    store.clear()

    assert list(rows) == [row(1), row(2), row(3)._replace(deleted=True)]


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


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.insert(row(3)),
        lambda store: store.compare_and_set(id_of(row(1)), row(1), row(1, status="revoked")),
        lambda store: store.load([row(4)]),
    ],
    ids=["insert", "replace", "load"],
)
def test_changed_rows_are_not_unloaded(change: Callable[[Store], object], store: Store) -> None:
    store.load_on_demand(lambda: [row(1), row(2)], 2)
    change(store)
    rows = store.find({})
    store.unload()

    assert store.find({}) == rows
