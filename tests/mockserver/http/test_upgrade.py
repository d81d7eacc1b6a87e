"""An offer of another protocol is ignored: the request is answered over HTTP/1.1, with its body."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.support import wire
from tests.support.servers import RunningMock
from tests.support.times import seconds
from tests.support.world import World

OFFER = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABk")]
JSON = ("Content-Type", "application/json")
JAVA = """
import java.net.URI;
import java.net.http.*;
class Call {
    public static void main(String[] arguments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0]))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(arguments[1])).build();
        System.out.print(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
"""


@pytest.fixture
def selection(world: World) -> tuple[str, bytes]:
    """The path that finalizes a fresh session, and the body that selects its first page."""
    session = world.control("POST", "/sessions", {"network": "facebook", "pages": 2})
    body = json.dumps({"selectedPageIds": [session["pages"][0]["id"]]}).encode()
    return f"/api/v1/social-accounts/pending/{session['session_token']}/finalize", body


def offer(path: str, body: bytes, *headers: tuple[str, str]) -> bytes:
    return wire.request("POST", path, [*OFFER, JSON, *headers], body)


@pytest.mark.parametrize("cut", ["none", "before the body", "within the body", "within the head"])
def test_body_of_an_offer_is_read(server: RunningMock, selection: tuple[str, bytes], cut: str) -> None:
    path, body = selection
    request = offer(path, body, ("Content-Length", str(len(body))))
    at = {"none": len(request), "before the body": -len(body), "within the body": -9, "within the head": 60}[cut]
    response = server.exchange(request[:at], request[at:], method="POST")

    assert response.status == 200
    assert len(response.json["connectedAccounts"]) == 1


def test_chunked_body_of_an_offer_is_read(server: RunningMock, selection: tuple[str, bytes]) -> None:
    path, body = selection
    response = server.exchange(offer(path, wire.chunked(body, 7), ("Transfer-Encoding", "chunked")), method="POST")

    assert response.status == 200


def test_offer_without_a_body_is_answered(server: RunningMock) -> None:
    for token in ("h2c", "websocket", "TLS/1.0"):
        request = wire.request("GET", "/api/v1/health", [("Connection", "Upgrade"), ("Upgrade", token)])
        assert server.exchange(request).status == 200, token


def test_requests_behind_an_offer_are_answered(server: RunningMock, selection: tuple[str, bytes]) -> None:
    path, body = selection
    health = wire.request("GET", "/api/v1/health", [("Connection", "close")])
    responses = wire.stream(server.url, offer(path, body, ("Content-Length", str(len(body)))) + health)

    assert re.findall(rb"HTTP/1\.1 (\d+)", responses) == [b"200", b"200"]


def test_connection_closes_if_the_client_of_an_offer_asks_for_it(server: RunningMock) -> None:
    request = wire.request("GET", "/api/v1/health", [("Connection", "Upgrade, close"), ("Upgrade", "h2c")])

    assert wire.stream(server.url, request).count(b"HTTP/1.1 200") == 1


def test_connect_is_no_offer(server: RunningMock) -> None:
    assert wire.stream(server.url, b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", close=True)[9:10] == b"4"


def test_curl_may_offer_http2(server: RunningMock, selection: tuple[str, bytes]) -> None:
    curl = shutil.which("curl")
    if curl is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl is not installed")
    path, body = selection
    command = [curl, "--silent", "--http2", "--header", "Content-Type: application/json", "--data", body.decode()]
    output = subprocess.run([*command, server.url + path], capture_output=True, timeout=seconds(20), check=True).stdout

    assert len(json.loads(output)["connectedAccounts"]) == 1


@pytest.mark.process
def test_java_client_may_offer_http2(server: RunningMock, selection: tuple[str, bytes], tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("Java is not installed")
    path, body = selection
    (tmp_path / "Call.java").write_text(JAVA, encoding="utf-8")
    command = [java, str(tmp_path / "Call.java"), server.url + path, body.decode()]
    output = subprocess.run(command, capture_output=True, timeout=seconds(60), check=True).stdout

    assert len(json.loads(output)["connectedAccounts"]) == 1
