"""What every engine's journals do."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from tests.mockserver.journal.books import Books, MemoryBooks, entries, numbers, paths, record

from postfuze_mock.state.calls import Place, Wanted
from postfuze_mock.worlds.journal.journal import MAX_BODY, MAX_ENTRIES, MAX_TARGET, JournalSettings, Reader


def test_entry_is_as_it_was_recorded_byte_by_byte(books: Books) -> None:
    bytes_of_all_kinds = bytes(range(256))
    fields: dict[str, Any] = {
        "at": None,
        "method": "PATCH",
        "query": b"a=" + bytes_of_all_kinds,
        "headers": [(b"x-odd", bytes_of_all_kinds), (b"x-odd", b"")],
        "body": bytes_of_all_kinds,
        "operation": None,
        "response_headers": ((b"retry-after", b"1"),),
        "response_body": bytes_of_all_kinds,
        "rule": "limits.reads",
        "fault": "f",
        "seconds": 0.25,
    }
    record(books.of("acme"), "/\xff", None, **fields)
    ((world, number, entry),) = entries(books, books.of("acme"))

    assert (world, number) == ("acme", 1)
    assert [list(each) for each in entry.headers] == [list(each) for each in fields["headers"]]
    assert list(map(tuple, entry.response_headers)) == [(b"retry-after", b"1")]
    kept = entry._asdict() | {"path": b"/\xff", "status": None}
    assert {name: kept[name] for name in fields if "headers" not in name} == {
        name: value for name, value in fields.items() if "headers" not in name
    }


def test_long_parts_are_cut_after_one_more_byte(books: Books) -> None:
    record(books.of("acme"), "/" * 9000, query=b"q" * 9000, response_body=b"b" * 9000)
    ((_, _, entry),) = entries(books, books.of("acme"))

    assert (len(entry.path), len(entry.query)) == (MAX_TARGET + 1, MAX_TARGET + 1)
    assert len(entry.response_body) == MAX_BODY + 1


def test_only_the_last_calls_are_stored_and_all_are_counted(books: Books) -> None:
    journal = books.of("acme")
    for number in range(MAX_ENTRIES + 5):
        record(journal, f"/{number}")
    journal = books.of("acme")

    assert numbers(books, journal) == list(range(6, MAX_ENTRIES + 6))
    assert paths(books, journal)[0] == "/5"
    assert books.run(lambda: journal.count) == MAX_ENTRIES + 5
    assert books.run(lambda: journal.total()) == MAX_ENTRIES


@pytest.mark.parametrize("size", [0, 1, 3])
def test_size_holds_for_old_and_new_calls(books: Books, size: int) -> None:
    for name in "abcde":
        record(books.of("acme"), f"/{name}")
    journal = books.of("acme")
    books.run(lambda: journal.change(size=size))
    before = paths(books, books.of("acme"))
    for name in "fg":
        record(books.of("acme"), f"/{name}")

    assert before == [f"/{name}" for name in "abcde"[5 - size :]]
    assert paths(books, books.of("acme")) == [f"/{name}" for name in "abcdefg"[7 - size :]]
    assert books.of("acme").settings == JournalSettings(bodies=True, size=size)


def test_bodies_are_left_out_on_request_except_those_of_refusals(books: Books) -> None:
    journal = books.of("acme")
    books.run(lambda: journal.change(bodies=False))
    record(journal, "/a", body=b"sent", response_body=b"got")
    record(journal, "/b", body=b"sent", response_body=b"refused", rule="get.unknown")
    kept = [(entry.body, entry.response_body) for _, _, entry in reversed(entries(books, books.of("acme")))]

    assert kept == [(None, b""), (None, b"refused")]


def test_journals_of_worlds_are_apart_and_can_be_read_together(books: Books) -> None:
    for world, path in (("a", "/1"), ("b", "/2"), ("a", "/3")):
        record(books.of(world), path)

    assert paths(books, books.of("a")) == ["/1", "/3"]
    assert paths(books, books.of("c")) == []
    assert paths(books, books.all()) == ["/1", "/2", "/3"]
    assert books.run(books.all().total) == 3


def test_calls_of_all_worlds_are_in_the_order_of_their_responses(books: Books) -> None:
    """There are more than are read at once."""
    worlds = [f"w{number % 3}" for number in range(450)]
    journals = {world: books.of(world) for world in worlds}
    for number, world in enumerate(worlds):
        record(journals[world], f"/{number}")
    found = entries(books, books.all())

    assert [world for world, _, _ in found] == worlds[::-1]
    assert [entry.path for _, _, entry in found] == [b"/%d" % number for number in range(449, -1, -1)]


def _places(reader: Reader) -> list[Place]:
    return list(reader.places())


def test_ring_drops_what_was_answered_first_whoever_writes_first(books: Books) -> None:
    """Calls of several processes are written in turns, not in their order."""
    journal = books.of("acme")
    books.run(partial(journal.change, size=2))
    for times in ((1, 3), (2, 4)) if not isinstance(books, MemoryBooks) else ((1, 2), (3, 4)):
        for time in times:
            record(journal, f"/{time}", finished=float(time))
        books.of("acme")

    assert paths(books, journal) == ["/3", "/4"]


WANTED: dict[str, tuple[Wanted, list[str]]] = {
    "status": (Wanted(lowest=404, highest=404, dropped=False), ["/404"]),
    "class": (Wanted(lowest=400, highest=499, dropped=False), ["/404", "/429"]),
    "refused": (Wanted(lowest=400), ["/404", "/429", "/503", "/None"]),
    "dropped": (Wanted(lowest=1, highest=0), ["/None"]),
    "operation": (Wanted("getSocialAccount"), ["/other"]),
    "nothing": (Wanted("finalizeConnection"), []),
}


@pytest.mark.parametrize(("wanted", "expected"), WANTED.values(), ids=WANTED)
def test_wanted_calls_are_found_and_counted(books: Books, wanted: Wanted, expected: list[str]) -> None:
    for status in (200, 404, 429, 503, None):
        record(books.of("acme"), f"/{status}", status)
    record(books.of("acme"), "/other", operation="getSocialAccount")
    for reader in (books.of("acme"), books.all()):
        assert paths(books, reader, wanted) == expected
        assert books.run(partial(reader.total, wanted)) == len(expected)


def test_calls_before_and_after_another_are_found(books: Books) -> None:
    for name in "abcde":
        record(books.of("acme"), f"/{name}")
    for reader in (books.of("acme"), books.all()):
        newest_first = books.run(partial(_places, reader))
        before = Wanted(before=newest_first[1].finished)
        between = Wanted(after=newest_first[3].finished, before=newest_first[0].finished)

        assert paths(books, reader, before) == ["/a", "/b", "/c"]
        assert paths(books, reader, between) == ["/c", "/d"]


def test_emptied_journal_counts_on_and_can_be_filled_again(books: Books) -> None:
    for name in "ab":
        record(books.of("acme"), f"/{name}")
    books.run(books.of("acme").clear)
    empty = paths(books, books.of("acme"))
    record(books.of("acme"), "/c")
    since = numbers(books, books.of("acme"))
    books.run(books.of("acme").put_back)

    assert (empty, since) == ([], [3])
    assert paths(books, books.of("acme")) == ["/a", "/b", "/c"]
    assert numbers(books, books.of("acme")) == [1, 2, 3]


def test_new_journal_counts_anew_and_can_have_the_calls_of_the_one_before(books: Books) -> None:
    journal = books.of("acme")
    books.run(lambda: journal.change(size=5, bodies=False))
    for name in "abcde":
        record(books.of("acme"), f"/{name}")
    books.renew("acme")
    for name in "fg":
        record(books.of("acme"), f"/{name}")
    since = numbers(books, books.of("acme"))
    settings = books.of("acme").settings
    books.run(books.of("acme").put_back)

    assert (since, settings) == ([1, 2], JournalSettings())
    assert paths(books, books.of("acme")) == [f"/{name}" for name in "abcdefg"]
    assert numbers(books, books.of("acme")) == [1, 2, 3, 4, 5, 6, 7]


def test_only_what_was_removed_last_is_put_back_and_once(books: Books) -> None:
    for name in "abc":
        record(books.of("acme"), f"/{name}")
        books.renew("acme")
    for _ in range(2):
        books.run(books.of("acme").put_back)

    assert paths(books, books.of("acme")) == ["/c"]
    journal = books.of("acme")
    assert books.run(lambda: journal.count) == 1


def test_calls_that_are_put_back_take_their_place_in_a_small_journal(books: Books) -> None:
    for name in "abc":
        record(books.of("acme"), f"/{name}")
    books.run(books.of("acme").clear)
    journal = books.of("acme")
    books.run(lambda: journal.change(size=2))
    record(books.of("acme"), "/d")
    books.run(books.of("acme").put_back)

    assert paths(books, books.of("acme")) == ["/c", "/d"]


def test_revision_differs_after_each_change(books: Books) -> None:
    seen = [books.run(books.of("acme").revision)]

    def note() -> None:
        seen.append(books.run(books.of("acme").revision))

    record(books.of("acme"), "/a")
    note()
    note()
    record(books.of("acme"), "/b")
    note()
    books.run(books.of("acme").clear)
    note()

    assert seen[1] == seen[2]
    assert len(set(seen)) == 4


def test_failures_are_counted_since_a_number(books: Books) -> None:
    for status in (500, 200, 404, None, 200):
        record(books.of("acme"), "/", status)
    journal, other = books.of("acme"), books.of("other")
    failed = [books.run(partial(journal.failed_since, count)) for count in (0, 1, 3, 4, 2**63)]

    assert failed == [3, 2, 1, 0, 0]
    assert books.run(lambda: other.failed_since(0)) == 0
