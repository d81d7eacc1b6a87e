"""Starting the server and ending it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.e2e.conftest import Start
from tests.support.processes import MockProcess
from tests.support.times import seconds

PROMPTLY = 3.0  # seconds; uvicorn can be configured to wait for open connections forever
ENDINGS = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.process(quick=True)
def test_stdout_has_only_the_ready_line(start: Start) -> None:
    mock = start()
    mock.caller("sk_test_acme").get("/social-accounts")
    mock.send(signal.SIGTERM)

    assert re.fullmatch(r"postfuze-mock ready at http://127\.0\.0\.1:[1-9][0-9]*\n", mock.stdout)


@pytest.mark.process(quick=True)
def test_stderr_has_the_banner_then_the_log_and_nothing_else(start: Start) -> None:
    mock = start()
    mock.caller("sk_test_acme").get("/social-accounts")

    banner, _, log = mock.stderr.partition("Ctrl-C ends it.\n")
    assert banner.strip().startswith("postfuze-mock ")
    assert [line for line in log.splitlines() if line and "New world acme" not in line] == []


def test_banner_names_the_url_the_pages_and_the_key(mock: MockProcess) -> None:
    assert f"{mock.url}/api/v1" in mock.stderr
    assert f"{mock.url}/docs" in mock.stderr
    assert f"{mock.url}/_mock/" in mock.stderr
    assert "sk_live_demo" in mock.stderr


def test_banner_names_a_key_of_the_world_file_unless_keys_are_strict(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text("keys: [{key: sk_live_secret, world: acme}]\n", encoding="utf-8")

    assert "sk_live_acme " in start("--world", str(file)).stderr
    strict = start("--world", str(file), "--strict-keys").stderr
    assert "one of the world file" in strict
    assert "sk_live_secret" not in strict


def test_banner_says_that_the_control_api_is_refused_on_a_public_address(start: Start) -> None:
    mock = start("--host", "0.0.0.0")

    assert "The control API is refused" in mock.stderr
    assert "--control-token" in mock.stderr


def test_banner_mentions_the_control_token_without_showing_it(start: Start) -> None:
    mock = start("--control-token", "s3cret")

    assert "X-Mock-Control-Token" in mock.stderr
    assert "s3cret" not in mock.stderr


def test_curl_of_the_banner_works_when_pasted(mock: MockProcess) -> None:
    pasted = next(line for line in mock.stderr.splitlines() if line.strip().startswith("curl "))
    result = subprocess.run(["bash", "-c", f"{pasted} --silent --fail"], capture_output=True, text=True, check=True)

    assert '"username":"acme"' in result.stdout


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("ending", ENDINGS)
def test_signal_ends_the_server_with_exit_code_0(start: Start, ending: signal.Signals) -> None:
    mock = start()

    assert mock.send(ending) == 0
    assert "Traceback" not in mock.stderr


@pytest.mark.parametrize("ending", ENDINGS)
def test_signal_promptly_ends_the_server_despite_an_open_connection(start: Start, ending: signal.Signals) -> None:
    mock = start()
    caller = mock.caller("sk_test_acme")
    assert caller.get("/social-accounts").status == 200
    before = time.monotonic()

    assert mock.send(ending) == 0
    assert time.monotonic() - before < seconds(PROMPTLY)


@pytest.mark.parametrize("ending", ENDINGS)
def test_signal_promptly_ends_the_server_despite_a_half_sent_request(start: Start, ending: signal.Signals) -> None:
    mock = start()
    address = urlsplit(mock.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"POST /api/v1/social-networks/x/auth-url HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n")
        before = time.monotonic()

        assert mock.send(ending) == 0
        assert time.monotonic() - before < seconds(PROMPTLY)


def test_port_is_free_again_at_once(start: Start) -> None:
    mock = start()
    assert mock.caller("sk_test_acme").get("/health").status == 200
    mock.send(signal.SIGTERM)

    again = start("--port", str(urlsplit(mock.url).port))
    assert again.url == mock.url


def test_ipv6_host_is_announced_as_a_url(start: Start) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    mock = start("--host", "::1")

    assert mock.url.startswith("http://[::1]:")
    assert mock.caller("sk_test_acme").get("/health").status == 200
