"""One attempt to deliver: its time limits, and the address that it uses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.mockserver.webhooks.receiver import Behaviour, Receiver, dripping, hanging

from postfuze_mock.domain.destinations import Allowed
from postfuze_mock.domain.webhooks import Attempt, Webhook
from postfuze_mock.webhooks.sender import Sender

NameServer = Callable[[str, int], Awaitable[list[str]]]


def attempted(url: str, sender: Sender) -> Attempt:
    return asyncio.run(sender.attempt(Webhook.of({"url": url}, "whsec_a"), b"{}", 7))


def resolving(*responses: list[str]) -> NameServer:
    """A name server with these responses, in order."""
    queue = list(responses)

    async def look_up_host(host: str, port: int) -> list[str]:
        del host, port
        return queue.pop(0)

    return look_up_host


@pytest.mark.parametrize("behaviour", [hanging, dripping])
def test_endless_response_is_cut_off(receiver: Receiver, behaviour: Behaviour) -> None:
    receiver.next(behaviour)
    attempt = attempted(receiver.url, Sender(Allowed([]), timeout=0.2))

    assert attempt[:3] == (7, None, "no complete response within 0.2 s")
    assert attempt.exchange is not None
    assert attempt.exchange.response is None
    assert attempt.duration_ms >= 200


def test_hanging_name_server_times_out() -> None:
    async def never(host: str, port: int) -> list[str]:
        del host, port
        await asyncio.Event().wait()
        raise AssertionError

    attempt = attempted("http://name/", Sender(Allowed(["name"]), timeout=0.1, look_up=never))

    assert attempt.error == "no complete response within 0.1 s"


def test_name_is_resolved_only_once(receiver: Receiver) -> None:
    look_up = resolving(["127.0.0.1"], ["169.254.169.254"])
    url = f"http://receiver:{receiver.port}/"
    attempt = attempted(url, Sender(Allowed(["receiver"]), look_up=look_up))

    assert attempt.status == 200
    assert receiver.wait_for(1)[0].headers["host"] == f"receiver:{receiver.port}"


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"])
def test_listed_name_with_an_unusable_address_is_not_contacted(address: str) -> None:
    attempt = attempted("http://receiver/", Sender(Allowed(["receiver"]), look_up=resolving([address])))

    assert (attempt.status, attempt.error) == (None, f"receiver is at {address}, where webhooks do not go")


def test_first_allowed_and_reachable_address_is_used(receiver: Receiver) -> None:
    look_up = resolving(["169.254.169.254", "::1", "127.0.0.1"])
    attempt = attempted(f"http://receiver:{receiver.port}/", Sender(Allowed(["receiver"]), look_up=look_up))

    assert attempt.status == 200


@pytest.mark.parametrize("url", ["http://example.com/", "http://10.0.0.1/", "http://a:b@localhost/"])
def test_sender_checks_the_url_again(url: str) -> None:
    attempt = attempted(url, Sender(Allowed([]), look_up=resolving()))

    assert attempt.status is None
    assert attempt.error is not None
    assert attempt.error.startswith("must ")
