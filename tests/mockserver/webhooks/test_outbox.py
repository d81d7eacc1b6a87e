"""What a world remembers of its deliveries is bounded, and queued by the time at which it is due."""

from __future__ import annotations

from postfuze_mock.domain.webhooks import MAX_ATTEMPTS, Attempt, Delivery
from postfuze_mock.worlds.webhooks.outbox import MAX_EVENTS, Outbox

URL = "http://localhost/"
FAILURE = Attempt(5, 500, "answered 500, not 2xx", 1.0)


def taken(outbox: Outbox, now: int) -> list[str]:
    """The events whose deliveries are due by `now`, in order."""
    found = []
    while delivery := outbox.take(URL, now):
        found.append(delivery.event_id)
    return found


def test_deliveries_of_an_event_that_is_forgotten_are_forgotten_with_it() -> None:
    outbox = Outbox()
    ids = [str(number) for number in range(MAX_EVENTS + 2)]
    for id in ids:
        outbox.add(id, [Delivery(id, URL, 5)])

    assert outbox.of("0") == outbox.of("1") == []
    assert taken(outbox, 5) == ids[2:]


def test_what_is_due_first_is_taken_first_and_of_equals_what_came_first() -> None:
    outbox = Outbox()
    for id, at in (("b", 7), ("c", 5), ("a", 7), ("late", 9)):
        outbox.add(id, [Delivery(id, URL, at)])

    assert outbox.take(URL, 4) is None
    assert taken(outbox, 8) == ["c", "b", "a"]
    assert (outbox.urls(), outbox.due_at(URL)) == ([URL], 9)


def test_what_fails_waits_in_the_queue_for_its_next_attempt() -> None:
    outbox = Outbox()
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = outbox.take(URL, 5)
    assert delivery is not None
    outbox.settle(delivery, FAILURE, 5)

    assert outbox.due_at(URL) == 5 + 60_000


def test_what_is_asked_for_twice_is_taken_once() -> None:
    outbox = Outbox()
    outbox.add("a", [])
    outbox.request("a", URL, 5)
    outbox.request("a", URL, 5)
    outbox.request("a", URL, 6)

    assert taken(outbox, 9) == ["a"]
    assert outbox.urls() == []


def test_what_is_asked_for_while_it_is_under_way_is_taken_again() -> None:
    outbox = Outbox()
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = outbox.take(URL, 5)
    assert delivery is not None
    outbox.request("a", URL, 6)
    outbox.settle(delivery, Attempt(5, 200, None, 1.0), 6)

    assert (delivery.status, len(delivery.attempts)) == ("pending", 1)
    assert taken(outbox, 6) == ["a"]


def test_what_is_given_up_while_it_is_under_way_is_not_tried_again_unless_it_is_taken_then() -> None:
    for attempt, status in ((FAILURE, "given_up"), (Attempt(5, 200, None, 1.0), "delivered")):
        outbox = Outbox()
        outbox.add("a", [Delivery("a", URL, 5)])
        delivery = outbox.take(URL, 5)
        assert delivery is not None
        outbox.give_up(lambda url: url == URL)
        outbox.settle(delivery, attempt, 6)

        assert (delivery.status, outbox.urls()) == (status, [])


def test_a_delivery_keeps_its_last_attempts() -> None:
    delivery = Delivery("a", URL)
    for number in range(MAX_ATTEMPTS + 5):
        delivery.settle(FAILURE._replace(at=number), number)

    assert [attempt.at for attempt in delivery.attempts] == list(range(5, MAX_ATTEMPTS + 5))
