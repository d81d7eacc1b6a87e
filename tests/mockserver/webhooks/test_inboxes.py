"""Inboxes hold the same on each engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import pytest
from tests.mockserver.webhooks import stored
from tests.mockserver.webhooks.stored import Place

from postfuze_fixtures import generator
from postfuze_mock.domain.webhooks import EVENTS, Webhook
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.webhooks.verdict import Signature

VALID: Final = Signature("valid", "It was signed.")


@pytest.fixture
def inboxes(place: Place) -> Inboxes:
    return stored.inboxes(place)


def add(inboxes: Inboxes, name: str, *events: str, sender: str | None = None) -> None:
    for event in events:
        inboxes.add(name, [(b"A", b"\xe9"), (b"a", b"c")], b'{"event":"%s"}' % event.encode(), VALID, sender)


def events(inboxes: Inboxes, name: str, **chosen: str | int) -> list[str | None]:
    """The events of the chosen entries, oldest first."""
    return [entry.event for entry in inboxes.entries(name, **chosen)][::-1]  # type: ignore[arg-type]


def webhook(url: str, secret: str) -> Webhook:
    return Webhook(url, EVENTS, None, secret)


def test_entry_is_what_was_received(inboxes: Inboxes) -> None:
    for body in (b'{"event":"caf\xc3\xa9"}', b"\x00\xff", b'{"event":5}'):
        inboxes.add("acme", [(b"A", b"\xe9"), (b"a", b"c")], body, VALID, "other")
    last, second, first = inboxes.entries("acme")

    assert (first.number, first.id) == (1, generator.uuid(0, "", "inbox", 1))
    assert (first.event, first.signature, first.sender) == ("café", VALID, "other")
    assert first.to_dict()["headers"] == {"a": "\xe9, c"}
    assert (second.number, second.body, second.event, last.event) == (2, b"\x00\xff", None, None)


def test_entries_are_chosen_by_event_and_place(inboxes: Inboxes) -> None:
    add(inboxes, "acme", "a", "b", "a", "c")
    add(inboxes, "other", "a")
    _, third, second, _ = inboxes.entries("acme")

    assert events(inboxes, "acme", event="a") == ["a", "a"]
    assert events(inboxes, "acme", since=second.id) == ["a", "c"]
    assert events(inboxes, "acme", before=third.number) == ["a", "b"]
    assert events(inboxes, "acme", event="a", since=second.id, before=third.number) == []
    assert events(inboxes, "acme", since="no longer stored\0") == ["a", "b", "a", "c"]
    assert [inboxes.count("acme", *chosen) for chosen in ((), ("a",), ("a", second.id), ("\0",))] == [4, 2, 1, 0]
    assert (events(inboxes, "empty"), inboxes.count("empty")) == ([], 0)


def test_long_inbox_is_read_to_its_end(inboxes: Inboxes) -> None:
    add(inboxes, "acme", *map(str, range(50)))

    assert events(inboxes, "acme") == list(map(str, range(50)))


def test_what_was_emptied_does_not_come_again_and_ids_go_on(inboxes: Inboxes) -> None:
    add(inboxes, "acme", "a")
    add(inboxes, "other", "b")
    inboxes.clear("acme")
    assert (events(inboxes, "acme"), events(inboxes, "other")) == ([], ["b"])
    inboxes.clear_all()
    add(inboxes, "acme", "c")

    assert [(entry.number, entry.event) for entry in inboxes.entries("acme")] == [(3, "c")]
    assert events(inboxes, "other") == []


def test_world_is_forgotten_except_for_what_others_sent(inboxes: Inboxes) -> None:
    add(inboxes, "acme", "its own", sender="other")
    add(inboxes, "shared", "mine", sender="acme")
    add(inboxes, "shared", "anybody's")
    add(inboxes, "shared", "other's", sender="other")
    add(inboxes, "elsewhere", "mine", sender="acme")
    inboxes.forget("acme", ["http://any.host/_mock/inbox/shared", "http://a.b/hook", "/_mock/inbox/none"])

    assert [events(inboxes, name) for name in ("acme", "shared", "elsewhere")] == [[], ["other's"], ["mine"]]


def test_secrets_are_those_of_the_webhooks_of_today(inboxes: Inboxes) -> None:
    path = "/_mock/inbox/acme"
    inboxes.point("a", [webhook(path, "1"), webhook(f"http://x{path}", "\0é"), webhook("http://x/", "3")])
    inboxes.point("b", [webhook(path, "4"), webhook("/_mock/inbox/other", "5")])
    assert sorted(inboxes.secrets("acme")) == ["\0é", "1", "4"]
    inboxes.point("a", [webhook("/_mock/inbox/other", "6")])
    inboxes.point("b", [])

    assert (inboxes.secrets("acme"), inboxes.secrets("other")) == ([], ["6"])


def test_revision_differs_after_each_change(inboxes: Inboxes) -> None:
    adds, clears = partial(add, inboxes, "acme", "a"), partial(inboxes.clear, "acme")
    changes: list[Callable[[], None]] = [adds, adds, clears, adds, inboxes.clear_all]
    revisions = [inboxes.revision()]
    for change in changes:
        change()
        revisions.append(inboxes.revision())

    assert len(set(revisions)) == len(revisions)


def test_arrival_is_told(place: Place) -> None:
    arrivals, told = Arrivals(), []
    inboxes = stored.inboxes(place, arrivals=arrivals)
    with arrivals.calling(("inbox", "acme"), lambda: told.append(inboxes.count("acme"))):
        add(inboxes, "other", "a")
        add(inboxes, "acme", "a")

    assert told == [1]
