"""What every engine promises of a store."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.mockserver.state.samples import SESSION, id_of, row, session
from tests.mockserver.state.stores import Engine

from postfuze_mock.records import Row, Session
from postfuze_mock.state.store import Store


def test_id_cannot_be_inserted_twice_even_if_deleted(store: Store) -> None:
    store.load([row(1)._replace(deleted=True)])
    assert not store.insert(row(1))
    assert store.get(id_of(row(1))) == row(1)._replace(deleted=True)
    assert store.count() == 0


def test_loading_a_duplicate_id_is_refused_and_none_of_the_rows_is_stored(store: Store) -> None:
    with pytest.raises(ValueError, match=id_of(row(1))):
        store.load([row(1), row(2), row(1)])
    assert (store.count(), list(store.rows())) == (0, [])


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


def test_rows_are_a_snapshot(store: Store) -> None:
    store.load([row(2), row(3)._replace(deleted=True), row(1)])
    rows = store.rows()
    store.insert(row(4))
    store.clear()

    assert list(rows) == [row(1), row(2), row(3)._replace(deleted=True)]


def test_rows_on_demand_are_not_read_before_they_are_needed(store: Store) -> None:
    readings = []

    def read_rows() -> list[Row]:
        readings.append(1)
        return [row(1), row(2)]

    store.load_on_demand(read_rows, 2)
    assert (store.count(), readings) == (2, [])
    assert store.find({}) == store.find({}) == [row(2), row(1)]
    store.unload()
    assert store.get(id_of(row(1))) == row(1)
    assert store.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.insert(row(3)),
        lambda store: store.compare_and_set(id_of(row(1)), row(1), row(1, status="revoked")),
        lambda store: store.compare_and_set(id_of(row(1)), row(1), row(1)._replace(deleted=True)),
        lambda store: store.load([row(4)]),
        lambda store: store.load_on_demand(lambda: [row(5)], 1),
        lambda store: store.clear(),
    ],
    ids=["insert", "replace", "delete", "load", "load_on_demand", "clear"],
)
def test_change_of_rows_on_demand_outlasts_unloading(change: Callable[[Store], object], store: Store) -> None:
    store.load_on_demand(lambda: [row(1), row(2)], 2)
    change(store)
    rows = list(store.rows())
    store.unload()

    assert list(store.rows()) == rows
    assert store.count() == len([each for each in rows if not each.deleted])


def test_worlds_know_nothing_of_each_other(engine: Engine) -> None:
    """The id of an account, the token of a session and the key of an entry may occur in several."""
    one, other = engine.store("acme"), engine.store("globex")
    for number, store in enumerate((one, other)):
        store.load([row(1, username=f"name_{number}"), row(2)])
        store.put_session(session("token", tenant_id=f"tenant_{number}"))
        store.append("events", "key", {"number": number}, 5)
        store.next("counter")
    other.clear()
    other.next("counter")

    assert one.find({"username": "name_0"}) == [row(1, username="name_0")]
    assert (one.count(), other.count()) == (2, 0)
    assert one.sessions() == [session("token", tenant_id="tenant_0")]
    assert (one.log("events"), other.log("events")) == ([{"number": 0}], [])
    assert (one.counters(), other.counters()) == ({"counter": 1}, {"counter": 1})


def test_another_process_sees_what_was_written_and_may_go_on(engine: Engine) -> None:
    one = engine.store()
    one.load([row(1), row(2)])
    one.put_session(session("a"))
    one.append("events", "a", {"number": 1}, 5)
    one.next("counter")
    other = engine.seen_by_another()
    assert other.compare_and_set(id_of(row(1)), row(1), row(1)._replace(deleted=True))
    other.put_session(session("b"))
    other.append("events", "b", {"number": 2}, 5)
    engine.restart()

    assert [*one.rows()] == [row(1)._replace(deleted=True), row(2)]
    assert one.sessions() == [session("a"), session("b")]
    assert one.log("events") == [{"number": 1}, {"number": 2}]
    assert engine.seen_by_another().next("counter") == 2


@pytest.mark.parametrize(
    "text", ["", "\0", "a\0b", "%", "?", "'", "\\", "ACME_1", "acme_1 ", "ａcme_1", "é", "e\u0301", "𝔸"]
)
def test_filters_compare_text_character_by_character(text: str, store: Store) -> None:
    """A NUL can only be asked for: no account has it in a field that is filtered by."""
    rows = [row(1), *([] if "\0" in text else [row(2, username=text, tenant_id=text)])]
    store.load(rows)
    assert store.find({"username": text}) == rows[1:]
    assert store.find({"username": text, "tenant_id": text}) == rows[1:]
    assert store.find({"username": f"{text}x"}) == []


def test_filters_compare_long_texts_to_their_end(store: Store) -> None:
    """As long as an index entry cannot be, and unlike anything that can be compressed."""
    text = "".join(map(chr, random.Random(1).choices(range(0x20000, 0x2A000), k=16384)))
    fields = ("tenant_id", "username", "network_unique_id")
    rows = [row(n, **dict.fromkeys(fields, f"{text}{n}")) for n in (2, 1)]
    store.load(rows[:1])
    assert store.insert(rows[1])
    for field in fields:
        assert store.find({field: f"{text}1"}) == rows[1:]
        assert store.find({field: text}) == []
    assert store.find({"tenant_id": f"{text}2", "username": f"{text}2"}) == rows[:1]


def test_newest_first_is_by_time_and_then_by_id(store: Store) -> None:
    at = "2026-06-01T09:30:00.000Z"
    rows = [row(n, created_at=at) for n in (1, 10, 2, 255)]
    store.load(rows)
    assert store.find({}) == sorted(rows, key=id_of, reverse=True)
    key = f"{at}{id_of(row(10))}"
    assert store.page({}, key, 1) == [row(2, created_at=at)]


def test_sessions_expire_by_their_time_alone(store: Store) -> None:
    times = ("2026-06-01T09:30:02.000Z", None, "2026-06-01T09:30:01.000Z", "2026-06-01T09:30:03.000Z")
    for number, at in enumerate(times):
        store.put_session(session(str(number), expires_at=at))
    assert store.expire_sessions("2026-06-01T09:30:00.999Z") == []
    assert store.expire_sessions("2026-06-01T09:30:02.000Z") == ["0", "2"]
    assert [each["session_token"] for each in store.sessions()] == ["1", "3"]


def test_session_that_is_put_again_keeps_its_place(store: Store) -> None:
    for token in "abc":
        store.put_session(session(token))
    store.put_session(session("b", tenant_id="changed"))
    newest_first = [(number, each["session_token"]) for number, each in store.sessions_before(None)]
    assert [token for _, token in newest_first] == ["c", "b", "a"]
    assert sorted(newest_first, reverse=True) == newest_first
    assert [each["session_token"] for _, each in store.sessions_before(newest_first[0][0])] == ["b", "a"]
    assert store.session_count() == 3


def test_number_of_a_session_is_never_given_again(store: Store) -> None:
    """The cursor of a list is such a number."""
    for token in "ab":
        store.put_session(session(token))
    ((last, _), *_rest) = store.sessions_before(None)
    store.take("b")
    store.put_session(session("c"))
    ((number, newest), *_rest) = store.sessions_before(None)

    assert newest["session_token"] == "c"
    assert number > last


def test_log_is_read_from_the_newest_on(store: Store) -> None:
    for number in range(4):
        store.append("events", str(number), {"number": number}, 3)
    assert [key for key, _ in store.log_before("events", None)] == ["3", "2", "1"]
    assert [key for key, _ in store.log_before("events", "2")] == ["1"]
    assert list(store.log_before("events", "0")) == []
    assert store.log_count("events") == 3


def test_logged_entry_that_is_appended_again_is_replaced_in_its_place(store: Store) -> None:
    assert [store.append("links", key, {"key": key}, 2) for key in "aba"] == [None, None, None]
    assert store.append("links", "a", {"key": "new"}, 2) is None
    assert store.log("links") == [{"key": "new"}, {"key": "b"}]
    assert store.append("links", "c", {}, 2) == "a"
