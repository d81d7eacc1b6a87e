"""Deliveries of a server as it is started, changed and ended."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
import yaml
from tests.e2e.conftest import Start
from tests.mockserver.webhooks.hooked import deliveries, disconnect_one, events, hook, secret, settled
from tests.mockserver.webhooks.receiver import Receiver, hanging, receiving
from tests.support.processes import MockProcess, command, until
from tests.support.server import Server
from tests.support.world import World

CLOCK = ("--clock", "2026-06-14T12:10:00Z,frozen")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


class WorldOf(Protocol):
    """A world of a running server."""

    def __call__(self, process: MockProcess, name: str = "acme") -> World: ...


@pytest.fixture
def world_of() -> Iterator[WorldOf]:
    servers: list[Server] = []

    def world(process: MockProcess, name: str = "acme") -> World:
        servers.append(Server(process))
        return servers[-1].world(name)

    yield world
    for server in servers:
        server.pool.close()


def test_receivers_that_hang_do_not_keep_the_server_from_its_end(
    start: Start, world_of: WorldOf, receiver: Receiver
) -> None:
    process = start()
    receiver.next(*[hanging] * 5)
    for number in range(5):
        world = world_of(process, f"w{number}")
        hook(world, receiver.url)
        disconnect_one(world)
    receiver.wait_for(5)
    before = time.monotonic()

    assert process.send(signal.SIGTERM) == 0
    assert time.monotonic() - before < 5
    assert "Traceback" not in process.stderr
    assert "ERROR" not in process.stderr


def test_webhook_url_gets_the_events_of_all_worlds_under_one_secret(
    start: Start, world_of: WorldOf, receiver: Receiver
) -> None:
    process = start("--webhook-url", receiver.url)
    worlds = [world_of(process, name) for name in ("acme", "other", "demo")]
    ids = [disconnect_one(world)["id"] for world in worlds]
    secrets = {hook["signing_secret"] for world in worlds for hook in world.state()["webhooks"]}
    received = receiver.wait_for(3)

    assert {each.event["id"] for each in received} == set(ids)
    assert len(secrets) == 1
    assert all(each.is_signed_with(next(iter(secrets))) for each in received)


def test_secret_of_the_webhook_url_follows_from_the_seed_and_is_not_logged(
    start: Start, world_of: WorldOf, receiver: Receiver
) -> None:
    told: dict[str, set[str]] = {}
    for seed in ("1", "1", "2"):
        process = start("--webhook-url", receiver.url, "--seed", seed)
        (kept,) = world_of(process).state()["webhooks"]
        told.setdefault(seed, set()).add(kept["signing_secret"])
        assert kept["signing_secret"] not in process.stderr + process.stdout

    assert [len(secrets) for secrets in told.values()] == [1, 1]
    assert told["1"] != told["2"]


def test_world_file_names_webhooks_that_a_reset_comes_back_to(
    start: Start, world_of: WorldOf, receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "world.yaml"
    own = {"url": f"{receiver.url}/own", "events": ["account.token_expired"]}
    common = {"url": receiver.url, "signing_secret": "whsec_mine", "description": "staging"}
    file.write_text(yaml.safe_dump({"webhooks": [common], "worlds": {"other": {"webhooks": [own]}}}))
    process = start("--world", file, *CLOCK)
    acme, other = world_of(process, "acme"), world_of(process, "other")
    before = acme.state()
    hook(acme, f"{receiver.url}/changed")
    acme.reset()
    disconnect_one(acme)

    assert receiver.wait_for(1)[0].is_signed_with("whsec_mine")
    acme.reset()
    assert acme.state() == before
    assert acme.lever("GET", "/webhooks")["data"][0]["description"] == "staging"
    assert [each["url"] for each in other.lever("GET", "/webhooks")["data"]] == [own["url"]]


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
def test_setting_that_cannot_be_is_refused_in_a_sentence(flags: list[str], message: str, tmp_path: Path) -> None:
    done = command("serve", "--port", "0", *flags, cwd=tmp_path)

    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


def test_world_file_that_sends_events_elsewhere_is_refused_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("worlds: {acme: {webhooks: [{url: https://hooks.example.com/}]}}")
    done = command("serve", "--port", "0", "--world", "w.yaml", cwd=tmp_path)

    assert done.returncode == 1
    assert b"w.yaml: worlds.acme.webhooks[0].url must be on loopback" in done.stderr
    assert b"--webhook-allow hooks.example.com" in done.stderr


def test_listed_host_may_be_named(start: Start, world_of: WorldOf) -> None:
    process = start("--webhook-allow", "*.invalid", "--webhook-url", "https://hooks.invalid/a")
    world = world_of(process)

    hook(world, "https://hooks.invalid/b")
    assert world.lever_answer("PUT", "/webhooks", [{"url": "https://invalid/b"}]).status_code == 400


def test_deliveries_go_on_when_the_application_is_made_anew(
    start: Start, world_of: WorldOf, receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("generate: 3")
    process = start("--reload", "--world", file, *CLOCK)
    world = world_of(process)
    made = secret(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    file.write_text("generate: 30")
    until(lambda: "Reloaded" in process.stderr, "the reload")
    world.advance(minutes=1)
    settled(world, "delivered")
    disconnect_one(world)

    assert all(each.is_signed_with(made) for each in receiver.wait_for(3))


def test_what_was_under_way_when_the_server_ended_is_delivered_by_the_next_one(
    start: Start, world_of: WorldOf, receiver: Receiver, tmp_path: Path
) -> None:
    kept = tmp_path / "state.json"
    first = start("--state-file", kept, *CLOCK)
    made = secret(world_of(first), receiver.url)
    receiver.next(hanging)
    event = disconnect_one(world_of(first))
    receiver.wait_for(1)
    assert first.send(signal.SIGTERM) == 0
    second = start("--state-file", kept, *CLOCK)
    settled(world_of(second), "delivered")
    again = receiver.wait_for(2)[1]

    assert again.event["id"] == event["id"]
    assert again.is_signed_with(made)
    assert [each["id"] for each in events(world_of(second))] == [event["id"]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of `localhost`, and its key, in one file."""
    if shutil.which("openssl") is None:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("openssl is not installed, so there is no certificate to try")
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    key, certified = file.with_name("key.pem"), file.with_name("certificate.pem")
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certified}"
    naming = "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(f"{command} {naming}".split(), check=True, capture_output=True)
    file.write_bytes(key.read_bytes() + certified.read_bytes())
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[Receiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with receiving(tls=context) as receiver:
        yield receiver


def test_certificate_that_the_machine_trusts_is_taken(
    start: Start, world_of: WorldOf, secure: Receiver, certificate: Path
) -> None:
    world = world_of(start(env={"SSL_CERT_FILE": str(certificate)}))
    hook(world, f"https://localhost:{secure.port}/hook")
    disconnect_one(world)

    settled(world, "delivered")
    assert secure.wait_for(1)[0].headers["host"] == f"localhost:{secure.port}"


def test_certificate_of_another_name_or_of_nobody_is_refused(
    start: Start, world_of: WorldOf, secure: Receiver, receiver: Receiver, certificate: Path
) -> None:
    trusting, wary = world_of(start(env={"SSL_CERT_FILE": str(certificate)})), world_of(start())
    errors = []
    for world, url in [
        (trusting, f"https://127.0.0.1:{secure.port}/"),
        (wary, f"https://localhost:{secure.port}/"),
        (wary, f"https://127.0.0.1:{receiver.port}/"),
    ]:
        hook(world, url)
        disconnect_one(world)
        settled(world, "failed")
        errors += [each["attempts"][0]["error"] for each in deliveries(world)]

    assert [each.partition(": ")[0] for each in errors] == ["TLS failed"] * 3
    assert "IP address mismatch" in errors[0]
    assert "self-signed certificate" in errors[1]
    assert secure.received == receiver.received == []
