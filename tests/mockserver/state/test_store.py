"""What each engine of the store promises, and what the in-memory one does to be fast."""

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


def test_a_second_row_of_an_id_is_not_inserted_even_when_the_first_is_deleted(store: Store) -> None:
    store.load([row(1)._replace(deleted=True)])
    assert not store.insert(row(1))
    assert store.get(id_of(row(1))) == row(1)._replace(deleted=True)
    assert store.count() == 0


def test_loading_an_id_twice_is_refused_and_leaves_no_rows(store: Store) -> None:
    store.load([row(3)])
    with pytest.raises(ValueError, match=id_of(row(1))):
        store.load([row(1), row(2), row(1)])
    assert store.count() == 0
    assert gc.isenabled()


def test_a_row_that_changed_meanwhile_is_not_set(store: Store) -> None:
    store.load([row(1)])
    assert store.compare_and_set(id_of(row(1)), row(1), row(1, username="first"))
    assert not store.compare_and_set(id_of(row(1)), row(1), row(1, username="second"))
    assert store.find({"username": "first"}) == [row(1, username="first")]
    assert store.find({"username": "second"}) == []


def test_a_row_that_does_not_stand_is_not_set(store: Store) -> None:
    assert not store.compare_and_set(id_of(row(1)), row(1), row(1))
    assert store.get(id_of(row(1))) is None


def test_a_row_cannot_take_another_id(store: Store) -> None:
    store.load([row(1)])
    with pytest.raises(ValueError, match="cannot become"):
        store.compare_and_set(id_of(row(1)), row(1), row(2))
    assert list(store.rows()) == [row(1)]


def test_a_page_is_the_callers_to_change(store: Store) -> None:
    store.load([row(1), row(2)])
    store.page({}, None, 25).clear()
    assert store.count() == len(store.page({}, None, 25)) == 2


def test_a_session_is_taken_once(store: Store) -> None:
    store.put_session(SESSION)
    assert store.session(SESSION["session_token"]) == SESSION
    assert [store.take(SESSION["session_token"]) for _ in range(3)] == [SESSION, None, None]
    assert store.session(SESSION["session_token"]) is None
    assert store.sessions() == []


def test_a_session_that_was_put_or_given_can_be_changed_without_changing_the_stored_one(store: Store) -> None:
    mine: Session = {**SESSION, "account_ids": ["one"]}
    store.put_session(mine)
    mine["account_ids"].append("two")
    given = store.session(SESSION["session_token"])
    assert given is not None
    given["account_ids"].append("three")
    assert store.sessions() == [{**SESSION, "account_ids": ["one"]}]


def test_counters_count_apart_and_go_on_from_where_they_are_set(store: Store) -> None:
    assert [store.next("event"), store.next("event"), store.next("account")] == [1, 2, 1]
    assert store.counters() == {"event": 2, "account": 1}
    store.set_counters({"event": 7})
    assert [store.next("event"), store.next("account")] == [8, 1]


def test_logs_keep_their_entries_as_they_were_in_order(store: Store) -> None:
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


def test_logs_keep_the_last_entries_alone(store: Store) -> None:
    for number in range(5):
        store.append("events", str(number), {"number": number}, 2)
    assert store.log("events") == [{"number": 3}, {"number": 4}]
    assert store.logged("events", "2") is None


def test_clearing_forgets_everything(store: Store) -> None:
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
def test_a_page_decodes_no_row_whatever_the_world_holds(where: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.load(map(row, range(1000)))
    monkeypatch.setattr(Row, "account", lambda _: pytest.fail("a row was decoded"))
    store.page(where, None, 10)
    store.page(where, sort_key({"created_at": "2026-06-01T09:30:08.000Z", "id": ""}), 10)


def test_a_filter_that_names_one_account_decodes_only_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.load(map(row, range(1000)))
    decoded: list[Row] = []
    decode = Row.account

    def noted(row: Row) -> Account:
        decoded.append(row)
        return decode(row)

    monkeypatch.setattr(Row, "account", noted)
    assert store.page({"username": "acme_500", "platform": "x", "tenant_id": "tenant_0"}, None, 10) == [row(500)]
    assert decoded == [row(500)]


@pytest.fixture
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("unfrozen")
def test_a_large_world_is_out_of_the_garbage_collectors_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MIN_FROZEN", 3)
    before = gc.get_freeze_count()  # a new interpreter of 3.12 has frozen objects of its own
    store = MemoryStore()
    store.load(map(row, range(2)))
    assert gc.get_freeze_count() == before
    store.load(map(row, range(3)))
    assert gc.get_freeze_count() >= before + 3
    assert gc.isenabled()


def test_revision_is_another_one_after_each_change_of_the_rows_and_only_then(store: Store) -> None:
    changes: list[Callable[[], object]] = [
        lambda: store.load([row(1), row(2)]),
        lambda: store.insert(row(3)),
        lambda: store.compare_and_set(id_of(row(1)), row(1), row(1, status="revoked")),
        store.clear,
    ]
    seen = [store.revision()]
    for change in changes:
        change()
        seen.append(store.revision())
    store.insert(row(4))
    seen.append(store.revision())
    store.insert(row(4))
    store.compare_and_set(id_of(row(4)), row(1), row(4))

    assert len(set(seen)) == len(seen)
    assert store.revision() == seen[-1]


def test_rows_are_those_there_were_when_they_were_asked_for(store: Store) -> None:
    store.load([row(2), row(3)._replace(deleted=True), row(1)])
    rows = store.rows()
    store.insert(row(4))
    store.clear()

    assert list(rows) == [row(1), row(2), row(3)._replace(deleted=True)]
