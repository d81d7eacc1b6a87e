"""The levers of webhooks and events: what they take, what they show, and what undoes them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.e2e.mock_process import until
from tests.mockserver.http.world import Json, World
from tests.mockserver.webhooks.hooked import deliveries, disconnect_one, events, hook, secret, settled
from tests.mockserver.webhooks.receiver import Receiver, hanging

URL = "http://127.0.0.1:9/hook"
ALL = ["account.connected", "account.disconnected", "account.token_expired", "account.reauth_required"]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def put(world: World, body: Any) -> list[Json]:
    data: list[Json] = world.lever("PUT", "/webhooks", body)["data"]
    return data


def webhooks(world: World) -> list[Json]:
    data: list[Json] = world.lever("GET", "/webhooks")["data"]
    return data


def test_world_has_no_webhooks_at_first(world: World) -> None:
    assert webhooks(world) == []


def test_webhook_wants_all_events_and_has_no_description_unless_it_says_so(world: World) -> None:
    hook(world, URL)

    assert webhooks(world) == [{"url": URL, "events": ALL, "description": None}]


def test_list_is_replaced_as_a_whole(world: World) -> None:
    put(world, [{"url": URL}, {"url": f"{URL}/b"}])
    put(world, [{"url": f"{URL}/c", "events": ALL[:1], "description": "staging"}])

    assert webhooks(world) == [{"url": f"{URL}/c", "events": ALL[:1], "description": "staging"}]
    assert put(world, []) == webhooks(world) == []


def test_secret_is_made_and_returned_once(world: World, other: World) -> None:
    (first,) = put(world, [{"url": URL}])
    (again,) = put(world, [{"url": URL}])
    two = put(world, [{"url": URL}, {"url": f"{URL}/b"}])
    (others,) = put(other, [{"url": URL}])

    assert first["signing_secret"].startswith("whsec_")
    assert len(first["signing_secret"]) == len("whsec_") + 48
    assert "signing_secret" not in again
    assert ["signing_secret" in each for each in two] == [False, True]
    assert all("signing_secret" not in each for each in webhooks(world))
    assert len({first["signing_secret"], two[1]["signing_secret"], others["signing_secret"]}) == 3


def test_secret_that_is_made_is_the_same_in_an_equal_world(world: World) -> None:
    first = secret(world, URL)
    world.reset()

    assert secret(world, URL) == first


def test_secret_of_ones_own_is_kept_and_never_shown(world: World) -> None:
    assert "signing_secret" not in put(world, [{"url": URL, "signing_secret": "mine"}])[0]
    assert "signing_secret" not in put(world, [{"url": URL}])[0]
    assert [each["signing_secret"] for each in world.state()["webhooks"]] == ["mine"]


def test_url_that_was_taken_out_gets_another_secret(world: World) -> None:
    first = secret(world, URL)
    put(world, [])

    assert secret(world, URL) != first


def test_what_is_read_can_be_put_back(world: World) -> None:
    put(world, [{"url": URL, "events": ALL[2:], "description": "a"}, {"url": f"{URL}/b"}])
    before, state = webhooks(world), world.state()["webhooks"]

    assert put(world, {"data": before}) == before
    assert world.state()["webhooks"] == state


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.com/", "must be on loopback"),
        ("http://10.0.0.1/", "--webhook-allow 10.0.0.1"),
        ("http://169.254.169.254/latest/meta-data", "must be on loopback"),
        ("http://localhost.example.com/", "must be on loopback"),
        ("http://[::ffff:10.0.0.1]/", "must be on loopback"),
        ("http://0.0.0.0:9/", "must be on loopback"),
        ("ftp://localhost/", "must be a URL that starts with http:// or https://"),
        ("localhost:9000", "must be a URL that starts with http:// or https://"),
        ("http://a:b@localhost/", "must have no user or password in it"),
        ("http://localhost/\r\nX: y", "must be a URL in ASCII"),
        ("http://localhost:70000/", "must be a URL"),
        ("http://127.1/", "must name a host"),
        ("", "must have at least 1 character(s)"),
        ("http://localhost/" + "a" * 2048, "must have at most 2048 character(s)"),
        (1, "must be of type string"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_url_where_events_may_not_go_is_refused_with_what_to_do(
    world: World, url: object, message: str, wrapped: bool
) -> None:
    put(world, [{"url": URL}])
    body = [{"url": f"{URL}/good"}, {"url": url}]
    answer = world.lever_answer("PUT", "/webhooks", {"data": body} if wrapped else body)
    (error,) = answer.json()["errors"]

    assert answer.status_code == 400
    assert error["pointer"] == ("/data/1/url" if wrapped else "/1/url")
    assert message in error["message"]
    assert [each["url"] for each in webhooks(world)] == [URL]


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ([{}], "/0/url", "is required"),
        ([{"url": URL, "events": ["account.conected"]}], "/0/events/0", "did you mean account.connected?"),
        ([{"url": URL, "events": []}], "/0/events", "must have at least 1 item(s)"),
        ([{"url": URL, "events": "all"}], "/0/events", "must be of type array"),
        ([{"url": URL, "signing_secret": ""}], "/0/signing_secret", "must be 1 to 256 printable characters"),
        ([{"url": URL, "signing_secret": "a b"}], "/0/signing_secret", "must be 1 to 256 printable characters"),
        ([{"url": URL, "secret": "a"}], "/0", "has unknown members: secret"),
        ([{"url": URL, "description": 1}], "/0/description", "must be of type"),
        ([{"url": URL}, {"url": f"{URL}/b"}, {"url": URL}], "/2/url", "stands at /0 already"),
        ([{"url": URL}] * 21, "", "must have at most 20 item(s)"),
        (["http://localhost/"], "/0", "must be of type object"),
        ({"url": URL}, "/data", "is required"),
        ({"data": [{"url": URL}], "next_cursor": None}, "", "has unknown members: next_cursor"),
        ("http://localhost/", "", ""),
    ],
    ids=str,
)
def test_list_that_cannot_be_is_refused_with_its_place(world: World, body: object, pointer: str, message: str) -> None:
    answer = world.lever_answer("PUT", "/webhooks", body)
    error = answer.json()["errors"][0]

    assert answer.status_code == 400
    assert (error["pointer"], message in error["message"]) == (pointer, True), error
    assert webhooks(world) == []


def test_what_waits_for_a_url_that_is_gone_is_given_up(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    hook(world, URL)
    (given_up,) = deliveries(world)
    world.advance(days=1)

    assert (given_up["status"], given_up["next_attempt_at"], len(given_up["attempts"])) == ("given_up", None, 1)
    assert len(receiver.wait_for(1)) == 1


def test_events_are_found_by_name_and_the_last_of_them_by_number(world: World) -> None:
    session = world.session()
    for each in world.finalize(session["session_token"], *(page["id"] for page in session["pages"])):
        world.delete(each["id"])

    assert [each["event"] for each in events(world)] == ALL[:1] * 2 + ALL[1:2] * 2
    assert events(world, "?event=account.connected") == events(world)[:2]
    assert events(world, "?event=account.connected&limit=1") == events(world)[1:2]
    assert events(world, "?limit=3") == events(world)[1:]
    assert events(world, "?event=account.token_expired") == []


@pytest.mark.parametrize(
    ("query", "pointer", "message"),
    [
        ("event=account.conected", "event", "did you mean account.connected?"),
        ("limit=0", "limit", "must be at least 1"),
        ("limit=1001", "limit", "must be at most 1000"),
        ("limit=many", "limit", "must be"),
    ],
)
def test_question_for_events_that_cannot_be_is_refused(world: World, query: str, pointer: str, message: str) -> None:
    answer = world.lever_answer("GET", f"/events?{query}")
    (error,) = answer.json()["errors"]

    assert answer.status_code == 400
    assert message in error["message"]
    assert pointer in str(error)


def test_event_is_sent_again_with_its_id_and_a_new_signature(world: World, receiver: Receiver) -> None:
    made = secret(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    answer = world.lever_answer("POST", f"/events/{event['id'].upper()}/redeliver")
    first, second = receiver.wait_for(2)
    (delivery,) = settled(world, "delivered")

    assert answer.status_code == 202
    assert (answer.json()["id"], answer.json()["deliveries"][0]["status"]) == (event["id"], "pending")
    assert first.body == second.body
    assert second.is_signed_with(made)
    assert second.signed_at >= first.signed_at
    until(lambda: len(deliveries(world)[0]["attempts"]) == 2, "the second attempt")
    assert delivery["url"] == receiver.url


def test_event_that_was_given_up_is_sent_again(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(*[500] * 7)
    event = disconnect_one(world)
    for attempts in range(1, 6):
        until(lambda attempts=attempts: len(deliveries(world)[0]["attempts"]) == attempts, "an attempt")  # type: ignore[misc]
        world.advance(days=1)
    settled(world, "given_up")
    world.lever("POST", f"/events/{event['id']}/redeliver")
    until(lambda: len(deliveries(world)[0]["attempts"]) == 7, "the seventh attempt")
    (again,) = settled(world, "given_up")
    world.lever("POST", f"/events/{event['id']}/redeliver")
    (delivered,) = settled(world, "delivered")

    assert again["next_attempt_at"] is None
    assert [each["status"] for each in delivered["attempts"]] == [500] * 7 + [200]


def test_event_goes_to_the_webhooks_that_there_are_now(world: World, receiver: Receiver, second: Receiver) -> None:
    hook(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    put(world, [{"url": second.url}, {"url": URL, "events": ALL[:1]}])
    world.lever("POST", f"/events/{event['id']}/redeliver")
    settled(world, "delivered", "delivered")

    assert [each.event["id"] for each in second.wait_for(1)] == [event["id"]]
    assert len(receiver.wait_for(1)) == 1
    assert [each["url"] for each in deliveries(world)] == [receiver.url, second.url]


def test_event_that_is_asked_for_while_it_is_under_way_is_sent_once_more(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(lambda connection, _: (connection.recv(1), None)[1])  # until the mock hangs up, or the test ends
    event = disconnect_one(world)
    receiver.wait_for(1)
    world.lever("POST", f"/events/{event['id']}/redeliver")
    (waiting,) = deliveries(world)

    assert (waiting["status"], waiting["attempts"]) == ("pending", [])
    assert waiting["next_attempt_at"] is not None


def test_event_that_is_unknown_or_another_worlds_cannot_be_sent_again(world: World, other: World) -> None:
    hook(world, URL)
    hook(other, URL)
    theirs = disconnect_one(other)
    for id in (UNKNOWN, theirs["id"]):
        answer = world.lever_answer("POST", f"/events/{id}/redeliver")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert world.lever_answer("POST", "/events/no-uuid/redeliver").status_code in (400, 404)


def test_event_that_no_webhook_wants_cannot_be_sent_again(world: World) -> None:
    event = disconnect_one(world)
    hook(world, URL, events=ALL[:1])
    answer = world.lever_answer("POST", f"/events/{event['id']}/redeliver")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_webhook")
    assert "No webhook of this world wants account.disconnected" in answer.json()["detail"]


def test_reset_takes_webhooks_and_events_away_and_forgets_what_is_under_way(world: World, receiver: Receiver) -> None:
    before = world.state()
    hook(world, receiver.url)
    receiver.next(hanging)
    disconnect_one(world)
    receiver.wait_for(1)
    world.reset()

    assert events(world) == webhooks(world) == []
    assert world.state() == before
    hook(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    assert receiver.wait_for(2)[1].event["id"] == event["id"]


def test_webhooks_and_events_of_one_world_are_none_of_anothers(world: World, other: World) -> None:
    before = other.state()
    hook(world, URL)
    disconnect_one(world)
    settled(world, "failed")

    assert other.state() == before


def test_state_holds_webhooks_with_secrets_and_events_with_deliveries(world: World, receiver: Receiver) -> None:
    made = secret(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    state = world.state()
    world.reset(world="empty")
    world.lever("PUT", "/state", state)

    assert state["webhooks"] == [{"url": receiver.url, "events": ALL, "description": None, "signing_secret": made}]
    assert world.state() == state
    world.advance(minutes=1)
    settled(world, "delivered")
    assert all(each.is_signed_with(made) for each in receiver.wait_for(2))


def test_state_goes_on_in_another_world_too(world: World, other: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    other.lever("PUT", "/state", world.state())
    other.advance(minutes=1)

    settled(other, "delivered")
    assert [each["status"] for each in deliveries(world)] == ["failed"]


def test_state_without_webhooks_and_deliveries_has_none(world: World) -> None:
    disconnect_one(world)
    state = world.state()
    del state["webhooks"], state["events"][0]["deliveries"]
    hook(world, URL)
    world.lever("PUT", "/state", state)

    assert webhooks(world) == deliveries(world) == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"webhooks": [{"url": URL}]}, "/webhooks/0"),
        (
            {"webhooks": [{"url": "http://10.0.0.1/", "events": ALL, "description": None, "signing_secret": "a"}]},
            "/webhooks/0/url",
        ),
        ({"events": [{"id": "a"}]}, "/events/0"),
        ({"events": [{}]}, "/events/0"),
    ],
    ids=str,
)
def test_state_with_webhooks_or_events_that_cannot_be_is_refused(world: World, change: Json, pointer: str) -> None:
    before = world.state()
    answer = world.lever_answer("PUT", "/state", {**before, **change})

    assert answer.status_code == 400
    assert all(each["pointer"].startswith(pointer) for each in answer.json()["errors"])
    assert world.state() == before


def test_inline_world_may_have_webhooks(world: World, receiver: Receiver) -> None:
    world.reset(world={"generate": 2, "webhooks": [{"url": receiver.url}]})
    disconnect_one(world)
    receiver.wait_for(1)
    settled(world, "delivered")
    hook(world)
    world.reset()

    assert [each["url"] for each in webhooks(world)] == [receiver.url]


def test_inline_world_that_sends_events_elsewhere_is_refused_with_its_place(world: World) -> None:
    body = {"world": {"webhooks": [{"url": "https://hooks.example.com/"}]}}
    answer = world.lever_answer("POST", "/reset", body)
    (error,) = answer.json()["errors"]

    assert answer.status_code == 400
    assert error["pointer"] == "/world/webhooks/0/url"
    assert "--webhook-allow hooks.example.com" in error["message"]
