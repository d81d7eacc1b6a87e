"""Deliveries during start, reload and end of a server."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import Start
from tests.mockserver.webhooks.hooked import deliveries, disconnect_one, hook, secret, settled
from tests.mockserver.webhooks.receiver import Receiver, hanging, receiving
from tests.support.times import seconds, until

CLOCK = ("--clock", "2026-06-14T12:10:00Z,frozen")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_hanging_receivers_do_not_delay_the_end_of_the_server(start: Start, receiver: Receiver) -> None:
    process = start()
    receiver.next(*[hanging] * 5)
    for number in range(5):
        world = process.world(f"w{number}")
        hook(world, receiver.url)
        disconnect_one(world)
    receiver.wait_for(5)
    before = time.monotonic()

    assert process.send(signal.SIGTERM) == 0
    assert time.monotonic() - before < seconds(5)
    assert "Traceback" not in process.stderr
    assert "ERROR" not in process.stderr


def test_deliveries_continue_after_a_reload(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("generate: 3")
    process = start("--reload", "--world", file, *CLOCK)
    world = process.world("acme")
    signing_secret = secret(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    file.write_text("generate: 30")
    until(lambda: "Reloaded" in process.stderr, "the reload")
    world.advance(minutes=1)
    settled(world, "delivered")
    disconnect_one(world)

    assert all(each.is_signed_with(signing_secret) for each in receiver.wait_for(3))


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


def test_trusted_certificate_is_accepted(start: Start, secure: Receiver, certificate: Path) -> None:
    world = start(env={"SSL_CERT_FILE": str(certificate)}).world("acme")
    hook(world, f"https://localhost:{secure.port}/hook")
    disconnect_one(world)

    settled(world, "delivered")
    assert secure.wait_for(1)[0].headers["host"] == f"localhost:{secure.port}"


def test_untrusted_certificate_or_one_of_another_name_is_refused(
    start: Start, secure: Receiver, receiver: Receiver, certificate: Path
) -> None:
    trusting, wary = start(env={"SSL_CERT_FILE": str(certificate)}).world("acme"), start().world("acme")
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
