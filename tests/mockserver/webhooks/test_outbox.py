"""The outbox of a world is bounded and ordered by due time."""

from __future__ import annotations

from postfuze_mock.domain.webhooks import MAX_ATTEMPTS, Attempt, Delivery
from postfuze_mock.worlds.webhooks.outbox import MAX_DELIVERIES, MAX_EVENTS, Outbox

URL = "http://localhost/"
FAILURE = Attempt(5, 500, "answered 500, not 2xx", 1.0)


def take_all(outbox: Outbox, now: int) -> list[str]:
    """The events whose deliveries are due by `now`, in order."""
    ids = []
    while delivery := outbox.take(URL, now):
        ids.append(delivery.event_id)
    return ids


def test_removing_an_event_removes_its_deliveries() -> None:
    outbox = Outbox()
    ids = [str(number) for number in range(MAX_EVENTS + 2)]
    for id in ids:
        outbox.add(id, [Delivery(id, URL, 5)])

    assert outbox.of("0") == outbox.of("1") == []
    assert take_all(outbox, 5) == ids[2:]


def test_deliveries_are_taken_by_due_time_and_then_in_order() -> None:
    outbox = Outbox()
    for id, at in (("b", 7), ("c", 5), ("a", 7), ("late", 9)):
        outbox.add(id, [Delivery(id, URL, at)])

    assert outbox.take(URL, 4) is None
    assert take_all(outbox, 8) == ["c", "b", "a"]
    assert (outbox.urls(), outbox.due_at(URL)) == ([URL], 9)


def test_failed_delivery_waits_for_its_next_attempt() -> None:
    outbox = Outbox()
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = outbox.take(URL, 5)
    assert delivery is not None
    outbox.settle(delivery, FAILURE, 5)

    assert outbox.due_at(URL) == 5 + 60_000


def test_delivery_requested_twice_is_taken_once() -> None:
    outbox = Outbox()
    outbox.add("a", [])
    outbox.request("a", [URL], 5)
    outbox.request("a", [URL], 5)
    outbox.request("a", [URL], 6)

    assert take_all(outbox, 9) == ["a"]
    assert outbox.urls() == []


def test_delivery_requested_while_in_flight_is_taken_again() -> None:
    outbox = Outbox()
    outbox.add("a", [Delivery("a", URL, 5)])
    delivery = outbox.take(URL, 5)
    assert delivery is not None
    outbox.request("a", [URL], 6)
    outbox.settle(delivery, Attempt(5, 200, None, 1.0), 6)

    assert (delivery.status, len(delivery.attempts)) == ("pending", 1)
    assert take_all(outbox, 6) == ["a"]


def test_delivery_given_up_in_flight_is_not_retried() -> None:
    for attempt, status in ((FAILURE, "given_up"), (Attempt(5, 200, None, 1.0), "delivered")):
        outbox = Outbox()
        outbox.add("a", [Delivery("a", URL, 5)])
        delivery = outbox.take(URL, 5)
        assert delivery is not None
        outbox.give_up(lambda url: url == URL)
        outbox.settle(delivery, attempt, 6)

        assert (delivery.status, outbox.urls()) == (status, [])


def test_delivery_stores_its_last_attempts() -> None:
    delivery = Delivery("a", URL)
    for number in range(MAX_ATTEMPTS + 5):
        delivery.settle(FAILURE._replace(at=number), number)

    assert [attempt.at for attempt in delivery.attempts] == list(range(5, MAX_ATTEMPTS + 5))


def test_deliveries_to_earlier_urls_make_room_when_an_event_is_sent_again() -> None:
    outbox = Outbox()
    outbox.add("a", [Delivery("a", URL, 0)])
    for number in range(MAX_DELIVERIES + 3):
        outbox.request("a", [f"{URL}/{number}"], 1)
    urls = [f"{URL}/{number}" for number in range(3, MAX_DELIVERIES + 3)]

    assert [delivery.url for delivery in outbox.of("a")] == outbox.urls() == urls
