"""Webhooks of flags and world files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.mockserver.conftest import Start
from tests.mockserver.webhooks.hooked import disconnect_one, events, hook, secret, settled
from tests.mockserver.webhooks.receiver import Receiver, hanging, receiving
from tests.support.servers import LocalMock

CLOCK = ("--clock", "2026-06-14T12:10:00Z,frozen")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_webhook_url_gets_the_events_of_all_worlds_under_one_secret(start: Start, receiver: Receiver) -> None:
    process = start("--webhook-url", receiver.url)
    worlds = [process.world(name) for name in ("acme", "other", "demo")]
    ids = [disconnect_one(world)["id"] for world in worlds]
    secrets = {hook["signing_secret"] for world in worlds for hook in world.state()["webhooks"]}
    deliveries = receiver.wait_for(3)

    assert {each.event["id"] for each in deliveries} == set(ids)
    assert len(secrets) == 1
    assert all(each.is_signed_with(next(iter(secrets))) for each in deliveries)


def test_secret_of_the_webhook_url_follows_from_the_seed_and_is_not_logged(start: Start, receiver: Receiver) -> None:
    secrets: dict[str, set[str]] = {}
    for seed in ("1", "1", "2"):
        process = start("--webhook-url", receiver.url, "--seed", seed)
        (webhook,) = process.world("acme").state()["webhooks"]
        secrets.setdefault(seed, set()).add(webhook["signing_secret"])
        assert webhook["signing_secret"] not in process.log

    assert [len(each) for each in secrets.values()] == [1, 1]
    assert secrets["1"] != secrets["2"]


def test_reset_restores_the_webhooks_of_the_world_file(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    own = {"url": f"{receiver.url}/own", "events": ["account.token_expired"]}
    common = {"url": receiver.url, "signing_secret": "whsec_mine", "description": "staging"}
    file.write_text(yaml.safe_dump({"webhooks": [common], "worlds": {"other": {"webhooks": [own]}}}))
    process = start("--world", file, *CLOCK)
    acme, other = process.world("acme"), process.world("other")
    before = acme.state()
    hook(acme, f"{receiver.url}/changed")
    acme.reset()
    disconnect_one(acme)

    assert receiver.wait_for(1)[0].is_signed_with("whsec_mine")
    acme.reset()
    assert acme.state() == before
    assert acme.control("GET", "/webhooks")["data"][0]["description"] == "staging"
    assert [each["url"] for each in other.control("GET", "/webhooks")["data"]] == [own["url"]]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--webhook-url", "http://example.com/"], "--webhook-url must be on loopback"),
        (["--webhook-url", "localhost:9000"], "--webhook-url must be a URL that starts with http:// or https://"),
        (["--webhook-url", "http://a:b@localhost/"], "--webhook-url must have no user or password in it"),
        (["--webhook-allow", "http://example.com"], "--webhook-allow must be HOST, HOST:PORT or *.DOMAIN"),
        (["--webhook-allow", "*"], "--webhook-allow must be HOST, HOST:PORT or *.DOMAIN"),
    ],
)
def test_invalid_setting_is_refused_in_a_sentence(flags: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        LocalMock(*flags)

    assert "\n" not in str(error.value)


def test_world_file_with_a_forbidden_webhook_is_refused_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_text("worlds: {acme: {webhooks: [{url: https://hooks.example.com/}]}}")
    with pytest.raises(ValueError, match=r"worlds\.acme\.webhooks\[0\]\.url must be on loopback") as error:
        LocalMock("--world", file)

    assert "--webhook-allow hooks.example.com" in str(error.value)


def test_webhook_to_an_allowed_host_is_accepted(start: Start) -> None:
    process = start("--webhook-allow", "*.invalid", "--webhook-url", "https://hooks.invalid/a")
    world = process.world("acme")

    hook(world, "https://hooks.invalid/b")
    assert world.control_response("PUT", "/webhooks", [{"url": "https://invalid/b"}]).status_code == 400


def test_pending_delivery_is_made_by_the_next_server(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    first = start("--state-file", file, *CLOCK)
    signing_secret = secret(first.world("acme"), receiver.url)
    receiver.next(hanging)
    event = disconnect_one(first.world("acme"))
    receiver.wait_for(1)
    first.stop()
    second = start("--state-file", file, *CLOCK)
    settled(second.world("acme"), "delivered")
    again = receiver.wait_for(2)[1]

    assert again.event["id"] == event["id"]
    assert again.is_signed_with(signing_secret)
    assert [each["id"] for each in events(second.world("acme"))] == [event["id"]]
