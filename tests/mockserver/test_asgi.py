"""The mock as an ASGI application in the process of the tests."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp
from tests.mockserver.webhooks.receiver import receiving
from tests.support.times import NOW

from postfuze_mock.asgi import application

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have another client than httpx
    from starlette.testclient import TestClient

KEY = {"Authorization": "Bearer sk_test_mine"}
Story = Callable[[httpx.AsyncClient], Awaitable[Any]]


def told(app: ASGIApp, story: Story, base_url: str = "http://testserver") -> Any:
    """Run `story` with a client of httpx, which runs no lifespan, on an event loop of its own."""

    async def run() -> Any:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=base_url, headers=KEY) as client:
            return await story(client)

    return asyncio.run(run())


def test_httpx_calls_api_and_control_api_without_a_lifespan() -> None:
    async def story(client: httpx.AsyncClient) -> None:
        account = (await client.post("/_mock/accounts", json={"platform": "x"})).json()
        assert (await client.get(f"/api/v1/social-accounts/{account['id']}")).json()["platform"] == "x"
        assert (await client.get("/api/v1/social-accounts", params={"limit": 1000})).status_code == 400
        assert (await client.post("/_mock/reset")).status_code == 204
        assert (await client.get(f"/api/v1/social-accounts/{account['id']}")).status_code == 404

    told(application(), story)


def test_two_applications_with_equal_settings_are_equal() -> None:
    async def story(client: httpx.AsyncClient) -> Any:
        await client.post("/_mock/sessions", json={"network": "facebook", "pages": 3})
        return (await client.get("/_mock/state")).json()

    one, two = (told(application(clock=f"{NOW},frozen", seed=7), story) for _ in range(2))
    assert one == two
    assert one["clock"] == {"now": NOW, "frozen": True}
    assert one != told(application(clock=f"{NOW},frozen"), story)


def test_testclient_of_starlette_works_with_and_without_a_lifespan() -> None:
    app = application(world="empty")
    alone = TestClient(app, headers=KEY)
    assert alone.get("/api/v1/social-accounts").json()["data"] == []
    with TestClient(app, headers=KEY) as client:
        assert client.get("/_mock/clock").status_code == 200
    assert alone.get("/_mock/health").json()["status"] == "ok"


def test_auth_url_begins_with_the_base_url() -> None:
    async def story(client: httpx.AsyncClient) -> None:
        url = (await client.post("/api/v1/social-networks/linkedin/auth-url", json={})).json()["auth_url"]
        assert url.startswith("https://mock.internal/connect/linkedin?")
        decision = await client.get(f"{url}&decision=approve&pages=2", headers={"Accept": "application/json"})
        assert decision.json()["status"] == "pending"

    told(application(base_url="https://mock.internal/"), story, "https://mock.internal")


def test_other_hosts_do_not_reach_the_control_api() -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/_mock/clock", headers={"Host": "evil.example"})).status_code == 421

    told(application(), story)


def test_webhooks_are_delivered_without_a_lifespan_on_each_event_loop() -> None:
    app = application()
    with receiving() as receiver:

        async def story(client: httpx.AsyncClient) -> str:
            await client.put("/_mock/webhooks", json=[{"url": receiver.url}])
            id = (await client.post("/_mock/accounts", json={})).json()["id"]
            await client.delete(f"/api/v1/social-accounts/{id}")
            (delivery,) = await asyncio.to_thread(receiver.wait_for, 1)
            receiver.received.clear()
            return str(delivery.event["data"]["id"])

        assert told(app, story) != told(app, story)


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"clok": "x"}, TypeError, r"application\(\) has no argument clok; did you mean clock\?"),
        ({"port": 1}, TypeError, r"application\(\) has no argument port"),
        ({"seed": "x"}, ValueError, "seed must be a whole number; it is 'x'"),
        ({"clock": "x"}, ValueError, "not a clock setting"),
        ({"world": "nowhere.yaml"}, ValueError, "no world file nowhere.yaml"),
        ({"base_url": "testserver"}, ValueError, "base_url must be a URL as http://testserver; it is 'testserver'"),
    ],
)
def test_mistake_is_one_sentence(settings: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        application(**settings)


def test_environment_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTFUZE_MOCK_WORLD", "nowhere.yaml")

    assert told(application(), lambda client: client.get("/api/v1/health")).status_code == 200


@pytest.mark.parametrize("url", ["/_mock/inbox/acme", "http://testserver/_mock/inbox/acme"])
def test_inbox_receives_without_a_server(url: str) -> None:
    """Each call of this client has an event loop of its own."""
    client = TestClient(application(), headers={"Authorization": "Bearer sk_test_acme"})
    client.put("/_mock/webhooks", json=[{"url": url}])
    account = client.post("/_mock/accounts", json={}).json()["id"]
    client.delete(f"/api/v1/social-accounts/{account}")
    (entry,) = client.get("/_mock/inbox/acme?wait=5&event=account.disconnected").json()["data"]

    assert (entry["json"]["data"]["id"], entry["signature"]["verdict"]) == (account, "valid")
