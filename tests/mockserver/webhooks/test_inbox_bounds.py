"""How much inboxes can hold, tested from inside: filling them by calls would take minutes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from tests.mockserver.webhooks import stored
from tests.mockserver.webhooks.stored import Place

from postfuze_mock.worlds.webhooks import inboxes
from postfuze_mock.worlds.webhooks.inboxes import Inboxes, inbox_name
from postfuze_mock.worlds.webhooks.verdict import Signature

UNKNOWN = Signature("unknown", "Nobody knows.")


@pytest.fixture
def server(place: Place) -> Inboxes:
    return stored.inboxes(place)


def fill(server: Inboxes, name: str, *bodies: bytes) -> None:
    for body in bodies:
        server.add(name, [(b"a", b"b")], body, UNKNOWN)


def bodies(server: Inboxes, name: str) -> list[bytes]:
    """The bodies in an inbox, oldest first."""
    return [entry.body for entry in server.entries(name)][::-1]


def test_oldest_entries_go(server: Inboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MAX_ENTRIES", 3)
    fill(server, "a", b"1", b"2", b"3", b"4")
    fill(server, "b", b"5")

    assert (bodies(server, "a"), bodies(server, "b")) == ([b"2", b"3", b"4"], [b"5"])


def test_inbox_goes_that_has_received_nothing_for_longest(server: Inboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MAX_INBOXES", 2)
    for name in "abac":
        fill(server, name, b"1")

    assert [len(bodies(server, name)) for name in "abc"] == [2, 0, 1]


def test_large_entries_make_room(server: Inboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MAX_SIZE", 10_000)
    fill(server, "a", b"1" * 4000, b"2" * 10)
    fill(server, "b", b"3" * 6000)
    assert (len(bodies(server, "a")), len(bodies(server, "b"))) == (1, 1)
    fill(server, "b", b"4" * 9000)

    assert (bodies(server, "a"), bodies(server, "b")) == ([], [b"4" * 9000])


def test_what_is_emptied_makes_room(server: Inboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MAX_SIZE", 10_000)
    ways: list[Callable[[], None]] = [partial(server.clear, "a"), server.clear_all, partial(server.forget, "a", [])]
    for clear in ways * 3:
        fill(server, "a", b"1" * 5000)
        fill(server, "b", b"2")
        clear()
        server.clear("b")
    fill(server, "c", b"3" * 4000, b"4" * 4000)

    assert len(bodies(server, "c")) == 2


def test_default_bound_is_in_bytes_of_what_was_received(server: Inboxes) -> None:
    for number in range(70):
        fill(server, str(number), b"x" * (1 << 20))

    assert sum(len(bodies(server, str(number))) for number in range(70)) == 63


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/_mock/inbox/acme", "acme"),
        ("http://127.0.0.1:8080/_mock/inbox/acme:test", "acme:test"),
        ("HTTPS://mock.internal/_mock/inbox/a_b-C1", "a_b-C1"),
        ("http://a/_mock/inbox//_mock/inbox/acme", None),
        ("http://a/b/_mock/inbox/acme", None),
        ("http://a?/_mock/inbox/acme", None),
        ("ftp://a/_mock/inbox/acme", None),
        ("x/_mock/inbox/acme", None),
        ("/_mock/inbox/acme/", None),
        ("/_mock/inbox/acme\n", None),
        ("/_mock/inbox/ä", None),
        ("/_mock/inbox/", None),
        ("", None),
    ],
)
def test_name_of_an_inbox_is_read_from_its_url(url: str, name: str | None) -> None:
    assert inbox_name(url) == name


@pytest.mark.parametrize(
    ("url", "server", "is_own"),
    [
        ("/_mock/inbox/a", "http://127.0.0.1:8080", True),
        ("http://127.0.0.1:8080/_mock/inbox/a", "http://127.0.0.1:8080", True),
        ("http://LOCALHOST:8080/_mock/inbox/a", "http://127.0.0.1:8080", True),
        ("http://[::1]:8080/_mock/inbox/a", "http://[::1]:8080", True),
        ("http://127.0.0.2:8080/_mock/inbox/a", "http://127.0.0.1:8080", False),
        ("http://127.0.0.1:8081/_mock/inbox/a", "http://127.0.0.1:8080", False),
        ("https://127.0.0.1:8080/_mock/inbox/a", "http://127.0.0.1:8080", False),
        ("http://localhost:8080/_mock/inbox/a", "http://192.168.1.5:8080", False),
        ("http://192.168.1.5:8080/_mock/inbox/a", "http://192.168.1.5:8080", True),
        ("http://127.0.0.1:8080/_mock/inbox/a", "http://::", False),
    ],
)
def test_own_inboxes_are_told_from_others(url: str, server: str, is_own: bool) -> None:
    assert (stored.inboxes(None, server).own(url) == "a") == is_own
