"""The outbox of a world is bounded and ordered by due time, on each engine."""

from __future__ import annotations

import pytest
from tests.mockserver.webhooks import stored
from tests.mockserver.webhooks.stored import Place, taken

from postfuze_mock.domain.clock import Clock
from postfuze_mock.domain.webhooks import MAX_ATTEMPTS, Attempt, Delivery, Exchange
from postfuze_mock.state.sql import lists
from postfuze_mock.worlds.webhooks.outbox import MAX_DELIVERIES, Outbox

URL = "http://localhost/"
SUCCESS = Attempt(5, 200, None, 1.0)
FAILURE = Attempt(5, 500, "answered 500, not 2xx", 1.0)


@pytest.fixture
def outbox(place: Place) -> Outbox:
    return stored.outbox(place)


def take_all(outbox: Outbox, now: int) -> list[str]:
    """The events whose deliveries are due by `now`, in order."""
    ids = []
    while delivery := outbox.take(URL, now):
        ids.append(delivery.event_id)
    return ids


def status(outbox: Outbox, id: str = "a") -> str:
    """The status of the only delivery of an event."""
    (delivery,) = outbox.of(id)
    return delivery.status


def test_removing_an_event_removes_its_deliveries(outbox: Outbox) -> None:
    for id in "abc":
        outbox.add(id, [Delivery(id, URL, 5)])
    outbox.drop("b")

    assert outbox.of("b") == []
    assert outbox.of_events(["b", "unknown"]) == {"b": [], "unknown": []}
    assert take_all(outbox, 5) == ["a", "c"]


def test_removing_an_event_under_way_ends_it(outbox: Outbox) -> None:
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = taken(outbox, URL, 5)
    outbox.drop("a")

    assert outbox.settle(delivery, FAILURE, 5).status == "given_up"
    assert (outbox.urls(), outbox.failures()) == ([], 1)


def test_deliveries_are_taken_by_due_time_and_then_in_order(outbox: Outbox) -> None:
    for id, at in (("b", 7), ("c", 5), ("a", 7), ("late", 9)):
        outbox.add(id, [Delivery(id, URL, at)])

    assert outbox.take(URL, 4) is None
    assert take_all(outbox, 8) == ["c", "b", "a"]
    assert (outbox.urls(), outbox.due_at(URL)) == ([URL], 9)


def test_failed_delivery_waits_for_its_next_attempt(outbox: Outbox) -> None:
    outbox.add("a", [Delivery("a", URL, 5)])
    settled = outbox.settle(taken(outbox, URL, 5), FAILURE, 5)

    assert (settled.status, settled.next_attempt_at) == ("failed", 5 + 60_000)
    assert outbox.due_at(URL) == 5 + 60_000
    assert [each.to_dict() for each in outbox.of("a")] == [settled.to_dict()]


def test_delivery_requested_twice_is_taken_once(outbox: Outbox) -> None:
    outbox.add("a", [])
    outbox.request("a", [URL], 5)
    outbox.request("a", [URL], 5)
    outbox.request("a", [URL], 6)

    assert take_all(outbox, 9) == ["a"]
    assert outbox.urls() == []


def test_delivery_requested_while_in_flight_is_taken_again(outbox: Outbox) -> None:
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = taken(outbox, URL, 5)
    outbox.request("a", [URL], 6)
    settled = outbox.settle(delivery, SUCCESS, 6)

    assert (settled.status, len(settled.attempts)) == ("pending", 1)
    assert take_all(outbox, 6) == ["a"]


@pytest.mark.parametrize(("attempt", "after"), [(FAILURE, "given_up"), (SUCCESS, "delivered")])
def test_delivery_given_up_in_flight_is_not_retried(outbox: Outbox, attempt: Attempt, after: str) -> None:
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = taken(outbox, URL, 5)
    outbox.give_up_except([])

    assert status(outbox) == "given_up"
    assert outbox.settle(delivery, attempt, 6).status == status(outbox) == after
    assert outbox.urls() == []


def test_only_what_is_not_over_is_given_up(outbox: Outbox) -> None:
    others = [f"{URL}{number}" for number in range(12)]
    outbox.add("a", [Delivery("a", URL, None, "delivered"), Delivery("a", f"{URL}kept", 5)])
    outbox.add("b", [Delivery("b", url, 5) for url in others])
    outbox.give_up_except([f"{URL}kept", *others[1:]])

    assert [each.status for each in outbox.of("a")] == ["delivered", "pending"]
    assert [each.status for each in outbox.of("b")] == ["given_up", *["pending"] * 11]
    assert outbox.urls() == [f"{URL}kept", *others[1:]]


def test_delivery_that_was_taken_can_be_given_up(outbox: Outbox) -> None:
    outbox.add("a", [Delivery("a", URL, 5)])
    outbox.give_up(taken(outbox, URL, 5))

    assert (status(outbox), outbox.urls()) == ("given_up", [])


def test_delivery_stores_its_last_attempts(outbox: Outbox) -> None:
    outbox.add("a", [Delivery("a", URL, 0)])
    for number in range(MAX_ATTEMPTS + 5):
        outbox.request("a", [URL], number)
        outbox.settle(taken(outbox, URL, number), FAILURE._replace(at=number), number)

    (delivery,) = outbox.of("a")
    assert [attempt.at for attempt in delivery.attempts] == list(range(5, MAX_ATTEMPTS + 5))
    assert outbox.failures() == MAX_ATTEMPTS + 5


def test_deliveries_to_earlier_urls_make_room_when_an_event_is_sent_again(outbox: Outbox) -> None:
    outbox.add("a", [Delivery("a", URL, 0)])
    for number in range(MAX_DELIVERIES + 3):
        outbox.request("a", [f"{URL}/{number}"], 1)
    urls = [f"{URL}/{number}" for number in range(3, MAX_DELIVERIES + 3)]

    assert [delivery.url for delivery in outbox.of("a")] == outbox.urls() == urls


def test_undelivered_events_are_found(outbox: Outbox) -> None:
    other = f"{URL}other"
    outbox.add("a", [Delivery("a", URL, None, "failed"), Delivery("a", other, None, "given_up")])
    outbox.add("b", [Delivery("b", URL, None, "delivered"), Delivery("b", other, 5)])

    assert outbox.undelivered() == 2
    assert set(outbox.sent(None, undelivered=True)) == {"a"}
    assert set(outbox.sent(URL, undelivered=False)) == {"a", "b"}
    assert set(outbox.sent(other, undelivered=True)) == {"a"}
    assert set(outbox.sent(f"{URL}none", undelivered=False)) == set()


def test_delivery_of_a_saved_state_keeps_all_of_it(outbox: Outbox) -> None:
    exchange = Exchange(7, {"a": "\u00e9\0"}, {"headers": {"b": "c"}, "body": "\u20ac"})
    url = "http://\u00e9\0/" + "x" * 2000
    saved = Delivery("a", url, 5, "failed", [FAILURE, FAILURE._replace(at=9, exchange=exchange)])
    before = saved.to_dict(Attempt.in_full)
    outbox.add("a", [saved])

    assert [each.to_dict(Attempt.in_full) for each in outbox.of("a")] == [before]
    assert outbox.urls() == [url]


def test_many_events_are_read_at_once(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LENGTHS", (1, 5, 10))
    ids = [str(number) for number in range(26)]
    for id in ids:
        outbox.add(id, [Delivery(id, URL, None, "delivered", [FAILURE._replace(exchange=Exchange(1, {}, None))])])

    found = outbox.of_events([*ids, "unknown"])
    assert list(found) == [*ids, "unknown"]
    assert [len(each) for each in found.values()] == [*[1] * 26, 0]
    assert all(delivery.attempts[0].exchange for (delivery,) in list(found.values())[:-1])


def test_every_step_changes_the_revision(outbox: Outbox) -> None:
    revisions = [outbox.revision()]
    outbox.add("a", [Delivery("a", URL, 5)])
    revisions.append(outbox.revision())
    delivery = taken(outbox, URL, 5)
    revisions.append(outbox.revision())
    outbox.settle(delivery, FAILURE, 5)
    revisions.append(outbox.revision())
    outbox.request("a", [URL], 5)
    revisions.append(outbox.revision())
    outbox.give_up_except([])
    revisions.append(outbox.revision())
    outbox.schedule(Clock())
    outbox.of("a")

    assert len(set(revisions)) == 6
    assert outbox.revision() == revisions[-1]
