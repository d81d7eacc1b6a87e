"""The client waits for events, and has the inbox of its world."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.mockserver.client.recorder import recording
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock
from tests.support.times import PATIENCE
from tests.support.world import World

from postfuze_mock.client import Mock, MockError
from postfuze_mock.client.async_mock import AsyncMockClient
from postfuze_mock.client.inbox import inbox_path
from postfuze_mock.client.waits import MAX_WAIT, Deadline, missing


def soon(act: Callable[[], Any]) -> None:
    """Act in another thread, perhaps before the caller waits, perhaps after that."""
    threading.Thread(target=act).start()


def disconnected(mock: Mock) -> str:
    """Disconnect an account; returns its id."""
    id: str = mock.create_account()["id"]
    mock.delete_account(id)
    return id


def test_event_is_waited_for(mock: Mock) -> None:
    soon(lambda: disconnected(mock))
    event = mock.wait_for_event("account.disconnected", timeout=PATIENCE)

    assert event == mock.list_events()[0]


def test_first_event_of_the_name_is_returned_and_later_ones_after_it(mock: Mock) -> None:
    ids = [disconnected(mock) for _ in range(2)]
    first = mock.wait_for_event("account.disconnected")
    second = mock.wait_for_event("account.disconnected", since=first["id"])

    assert [event["data"]["id"] for event in (first, second)] == ids


def test_event_that_does_not_come_is_reported_with_those_that_came(mock: Mock) -> None:
    disconnected(mock), disconnected(mock)
    with pytest.raises(AssertionError) as failure:
        mock.wait_for_event("account.connected", timeout=0.05)

    assert str(failure.value) == (
        "account.connected did not come within 0.05 seconds; instead came: account.disconnected twice"
    )


def test_unknown_event_is_refused_at_once(mock: Mock) -> None:
    with pytest.raises(MockError, match=r"event must be one of account\.connected, "):
        mock.wait_for_event("account.conected", timeout=PATIENCE)


def test_inbox_is_subscribed_on_first_use_and_gets_signed_deliveries(mock: Mock, name: str) -> None:
    assert mock.get_webhooks() == []
    inbox = mock.inbox
    id = disconnected(mock)
    entry = inbox.wait_for("account.disconnected", timeout=PATIENCE)

    assert (entry["json"]["data"]["id"], entry["signature"]["verdict"]) == (id, "valid")
    assert inbox.url == f"{mock.url}/_mock/inbox/{name}"
    assert [hook["url"] for hook in mock.get_webhooks()] == [f"/_mock/inbox/{name}"]
    assert inbox.list() == inbox.list("account.disconnected") == [entry]
    assert inbox.list(since=entry["id"]) == inbox.list("account.connected") == []
    inbox.clear()
    assert inbox.list() == []


def test_subscription_keeps_the_other_webhooks_and_their_secrets(mock: Mock) -> None:
    mock.put_webhooks([{"url": "http://127.0.0.1:9/", "signing_secret": "mine", "events": ["account.connected"]}])
    (before,) = mock.get_state()["webhooks"]
    assert mock.inbox.url == mock.inbox.url
    first, second = mock.get_state()["webhooks"]

    assert first == before
    assert second["url"] == f"/_mock/inbox/{mock.inbox.name}"


def test_webhook_with_the_whole_url_is_enough(mock: Mock, name: str) -> None:
    mock.put_webhooks([{"url": f"{mock.url}/_mock/inbox/{name}", "events": ["account.connected"]}])
    assert mock.inbox.list() == []

    assert len(mock.get_webhooks()) == 1


def test_inbox_is_subscribed_again_after_a_reset(mock: Mock) -> None:
    inbox = mock.inbox
    disconnected(mock)
    inbox.wait_for("account.disconnected", timeout=PATIENCE)
    mock.reset()
    assert (mock.get_webhooks(), inbox.list()) == ([], [])
    disconnected(mock)
    assert mock.inbox.list() == []
    id = disconnected(mock)

    assert mock.inbox.wait_for("account.disconnected", timeout=PATIENCE)["json"]["data"]["id"] == id


def test_missing_delivery_is_reported_with_what_came(mock: Mock, world: World, name: str) -> None:
    inbox = mock.inbox
    with pytest.raises(AssertionError, match=rf"^account.connected did not come to the inbox {name} .*; nothing else"):
        inbox.wait_for("account.connected", timeout=0)
    disconnected(mock)
    inbox.wait_for("account.disconnected", timeout=PATIENCE)
    world.request("POST", f"/_mock/inbox/{name}", {}, content=b"hello")
    with pytest.raises(AssertionError) as failure:
        inbox.wait_for("account.connected", timeout=0.01)

    assert str(failure.value).endswith("came: account.disconnected once, something that is no event once")


def test_inbox_works_with_a_token(serve: Serve, name: str) -> None:
    server = serve("--control-token", "secret")
    mock = Mock(server.url, f"sk_test_{name}", "secret")
    inbox = mock.inbox
    disconnected(mock)

    assert inbox.wait_for("account.disconnected", timeout=PATIENCE)["signature"]["verdict"] == "valid"


def test_coroutines_have_the_same(server: RunningMock, name: str) -> None:
    async def waited() -> tuple[str, str]:
        async with AsyncMockClient(server.url, f"sk_test_{name}") as mock:
            inbox = await mock.inbox
            wait = asyncio.create_task(mock.wait_for_event("account.disconnected", timeout=PATIENCE))
            await mock.delete_account((await mock.create_account())["id"])
            entry = await inbox.wait_for("account.disconnected", timeout=PATIENCE)
            assert await inbox.list() == [entry]
            with pytest.raises(AssertionError, match=r"account\.disconnected once"):
                await mock.wait_for_event("account.connected", timeout=0)
            return entry["json"]["id"], (await wait)["id"]

    delivery, event = asyncio.run(waited())
    assert delivery == event


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (None, "/_mock/inbox/demo"),
        ("sk_live_…", "/_mock/inbox/demo"),
        ("sk_live_acme", "/_mock/inbox/acme"),
        ("sk_test_acme_readonly", "/_mock/inbox/acme"),
        ("sk_test_a_revoked_expired", "/_mock/inbox/a_revoked"),
        ("sk_test__readonly", "/_mock/inbox/_readonly"),
    ],
)
def test_inbox_has_the_name_of_the_keys_world(key: str | None, path: str) -> None:
    assert inbox_path(key) == path


def test_key_without_a_name_has_no_inbox() -> None:
    with pytest.raises(ValueError, match="sk_live_NAME"):
        inbox_path("secret")


def test_call_that_waits_may_take_longer_than_the_timeout() -> None:
    with recording() as recorder:
        mock = Mock(recorder.url, timeout=7)
        for wait, expected in ((None, 7), (50, 57), (0.5, 7.5), (None, 7)):
            mock.list_events(wait=wait)
            (connection,) = mock._connections._idle
            assert connection.sock.gettimeout() == expected


def test_long_wait_is_several_calls() -> None:
    now = [0.0]
    deadline = Deadline(MAX_WAIT + 5, lambda: now[0])
    waits = []
    for now[0] in (0, 10, MAX_WAIT, MAX_WAIT + 5, MAX_WAIT + 50):
        waits.append(deadline.wait)

    assert waits == [MAX_WAIT, MAX_WAIT - 5, 5, 0, 0]


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_invalid_timeout_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match="number of seconds"):
        Deadline(timeout)


def test_long_list_of_other_events_is_cut() -> None:
    entries = [{"event": f"e{number}"} for number in range(12)] + [{"event": "e0"}] * 2
    message = missing("mine", 1.5, entries)

    assert message.startswith("mine did not come within 1.5 seconds; instead came: e0 3 times, e1 once, ")
    assert message.endswith("e9 once, and 2 more kinds")
