"""Which addresses are inboxes, and who may send to them and read them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.mockserver.conftest import Serve, Start
from tests.mockserver.webhooks.hooked import disconnect_one, hook, settled, webhooks
from tests.mockserver.webhooks.inbox import inbox, own, send, verdict
from tests.support.world import World


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", None])
def test_webhook_may_have_the_servers_own_url_or_the_path_alone(world: World, host: str | None) -> None:
    port = world.url.rpartition(":")[2]
    url = own(world) if host is None else f"http://{host}:{port}{own(world)}"
    hook(world, url)
    disconnect_one(world)
    settled(world, "delivered")

    assert verdict(world)["verdict"] == "valid"
    assert [each["url"] for each in webhooks(world)] == [url]


def test_webhook_of_a_world_file_or_a_flag_may_be_a_path(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [{"url": "/_mock/inbox/own"}]}), encoding="utf-8")
    world = start("--world", file, "--webhook-url", "/_mock/inbox/all").world("acme")
    disconnect_one(world)
    settled(world, "delivered", "delivered")

    assert [inbox(world, name)[0]["signature"]["verdict"] for name in ("own", "all")] == ["valid", "valid"]


@pytest.mark.parametrize(
    "url", ["/hook", "/_mock/inbox", "/_mock/inbox/", "/_mock/inbox/a/b", "/_mock/inbox/a?b", "//a"]
)
def test_other_path_is_refused_with_one_that_would_be_right(world: World, url: str) -> None:
    response = world.control_response("PUT", "/webhooks", [{"url": url}])

    assert response.status_code == 400
    assert response.json()["detail"] == "/0/url: must be a URL, or the path of an inbox, such as /_mock/inbox/acme"


def test_inbox_of_another_server_is_reached_over_http(world: World, serve: Serve, name: str) -> None:
    there = serve("--seed", "7").world(name)
    hook(world, f"{there.url}{own(there)}")
    disconnect_one(world)
    settled(world, "delivered")

    assert [len(inbox(each)) for each in (world, there)] == [0, 1]
    assert inbox(there)[0]["headers"]["host"] == there.url.removeprefix("http://")
    assert verdict(there)["verdict"] == "unknown"


def test_webhook_to_an_inbox_is_refused_without_a_control_api(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [{"url": "/_mock/inbox/acme"}]}), encoding="utf-8")
    for flags in (["--world", file], ["--webhook-url", "/_mock/inbox/acme"]):
        with pytest.raises(
            ValueError, match=r"cannot be an inbox of this server, which has none: .*--no-control"
        ) as error:
            start("--no-control", *flags)
        assert "\n" not in str(error.value)


def test_nobody_receives_without_a_control_api(start: Start) -> None:
    world = start("--no-control").world("acme")

    assert send(world).status_code == 403


def test_token_is_needed_for_reading_and_not_for_sending(start: Start) -> None:
    mock = start("--control-token", "secret")
    world = mock.world("acme")
    token: dict[str, str | bytes] = {"X-Mock-Control-Token": "secret"}
    assert send(world).status_code == 204
    mock.request("PUT", "/_mock/webhooks", {**token, **world.bearer()}, json=[{"url": own(world)}])
    account = world.walk()[0]["id"]
    world.delete(account)

    assert world.control_response("GET", "/inbox/acme").status_code == 401
    assert world.control_response("DELETE", "/inbox/acme").status_code == 401
    entries = mock.request("GET", "/_mock/inbox/acme?wait=5&event=account.disconnected", token).json()["data"]
    assert entries[0]["signature"]["verdict"] == "valid"


def test_inboxes_are_at_the_control_port(start: Start) -> None:
    mock = start("--control-port", "0")
    control = mock.caller("sk_test_acme", mock.control_url)
    assert control.call("PUT", "/_mock/webhooks", [{"url": f"{mock.control_url}/_mock/inbox/acme"}]).status == 200
    world = mock.world("acme")
    world.delete(world.page(limit=1)["data"][0]["id"])

    assert control.call("GET", "/_mock/inbox/acme?wait=5").json["data"][0]["signature"]["verdict"] == "valid"
    assert mock.caller(None).call("POST", "/_mock/inbox/acme").status == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
def test_foreign_page_cannot_send(world: World, headers: dict[str, str]) -> None:
    response = send(world, headers=headers)

    assert (response.status_code, response.json()["code"]) == (403, "cross_site")
    assert inbox(world) == []
