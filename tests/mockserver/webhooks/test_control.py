"""Webhooks in the control API: what it accepts and returns."""

from __future__ import annotations

import pytest
from tests.mockserver.webhooks.hooked import (
    ALL,
    URL,
    deliveries,
    disconnect_one,
    hook,
    put,
    secret,
    settled,
    webhooks,
)
from tests.mockserver.webhooks.receiver import Receiver
from tests.support.world import World


def test_world_has_no_webhooks_at_first(world: World) -> None:
    assert webhooks(world) == []


def test_webhook_gets_all_events_and_no_description_by_default(world: World) -> None:
    hook(world, URL)

    assert webhooks(world) == [{"url": URL, "events": ALL, "description": None}]


def test_list_is_replaced_as_a_whole(world: World) -> None:
    put(world, [{"url": URL}, {"url": f"{URL}/b"}])
    put(world, [{"url": f"{URL}/c", "events": ALL[:1], "description": "staging"}])

    assert webhooks(world) == [{"url": f"{URL}/c", "events": ALL[:1], "description": "staging"}]
    assert put(world, []) == webhooks(world) == []


def test_secret_is_generated_and_returned_once(world: World, other: World) -> None:
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


def test_generated_secret_is_reproducible(world: World) -> None:
    first = secret(world, URL)
    world.reset()

    assert secret(world, URL) == first


def test_custom_secret_is_stored_and_never_shown(world: World) -> None:
    assert "signing_secret" not in put(world, [{"url": URL, "signing_secret": "mine"}])[0]
    assert "signing_secret" not in put(world, [{"url": URL}])[0]
    assert [each["signing_secret"] for each in world.state()["webhooks"]] == ["mine"]


def test_readded_url_gets_another_secret(world: World) -> None:
    first = secret(world, URL)
    put(world, [])

    assert secret(world, URL) != first


def test_list_can_be_sent_back_unchanged(world: World) -> None:
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
def test_forbidden_url_is_refused_with_the_remedy(world: World, url: object, message: str, wrapped: bool) -> None:
    put(world, [{"url": URL}])
    body = [{"url": f"{URL}/good"}, {"url": url}]
    response = world.control_response("PUT", "/webhooks", {"data": body} if wrapped else body)
    (error,) = response.json()["errors"]

    assert response.status_code == 400
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
        ([{"url": URL}, {"url": f"{URL}/b"}, {"url": URL}], "/2/url", "is at /0 already"),
        ([{"url": URL}] * 21, "", "must have at most 20 item(s)"),
        (["http://localhost/"], "/0", "must be of type object"),
        ({"url": URL}, "", "has unknown members: url"),
        ({"data": [{"url": URL}], "next_cursor": None}, "", "has unknown members: next_cursor"),
        ("http://localhost/", "", ""),
    ],
    ids=str,
)
def test_invalid_list_is_refused_with_its_place(world: World, body: object, pointer: str, message: str) -> None:
    response = world.control_response("PUT", "/webhooks", body)
    error = response.json()["errors"][0]

    assert response.status_code == 400
    assert (error["pointer"], message in error["message"]) == (pointer, True), error
    assert webhooks(world) == []


def test_pending_deliveries_of_a_removed_url_are_given_up(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    hook(world, URL)
    (given_up,) = deliveries(world)
    world.advance(days=1)

    assert (given_up["status"], given_up["next_attempt_at"], len(given_up["attempts"])) == ("given_up", None, 1)
    assert len(receiver.wait_for(1)) == 1
