"""Paths and methods: known, unknown, and those that only the real service has."""

from __future__ import annotations

import pytest
from tests.support import wire
from tests.support.calls import Response
from tests.support.servers import RunningMock
from tests.support.world import World

from postfuze_mock import spec

ID = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
TOKEN = "9f8e7d6c5b4a39281706"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
_EXAMPLES = {"id": ID, "sessionToken": TOKEN, "platform": "x"}
ALLOWED = {
    operation.path.format_map(_EXAMPLES): {
        other.method for other in spec.operations().values() if other.path == operation.path
    }
    for operation in spec.operations().values()
}
UNKNOWN = [
    "/api/v1", "/api/v1/", "/api/v2/social-accounts", "/API/V1/social-accounts", "/api/v1/social-account",
    "/api/v1/Social-Accounts", "/social-accounts", "/api/v1//social-accounts", "//api/v1/social-accounts",
    "/api/v1/social-accounts/", f"/api/v1/social-accounts/{ID}/", f"/api/v1/social-accounts/{ID}/metrics/",
    f"/api/v1/social-accounts/{ID}/pages", f"/api/v1/social-accounts/{ID}/metrics/x", "/api/v1/health/",
    f"/api/v1/social-accounts/pending/{TOKEN}/", f"/api/v1/social-accounts/pending/{TOKEN}/finalize/x",
    f"/api/v1/social-accounts/{ID}/finalize", "/api/v1/./social-accounts", "/api/v1/x/../social-accounts", "/%00",
    "/api/v1/%73ocial", "/.env", "/api/v1/social-accounts%3Flimit=1", "/api/v1/postsx", "/api/v1/medialib",
]  # fmt: skip
NOT_MOCKED = ["/posts", "/media", "/webhooks", "/team", "/profiles", "/scheduling", "/social-networks", "/connect"]
ODD_IDS = [
    f"{ID}%2Fmetrics", f"{ID}%2F", "%2F", "a%2Fb", "%2E%2E", "%00", "%FF", f"{ID}%20", f"%20{ID}", "pending",
    "%F0%9F%92%A5", "{id}",
]  # fmt: skip
ODD_TOKENS = [f"{TOKEN}%2Ffinalize", f"x%2F{TOKEN}", "%2F", "%00", "%FF%FE", "%E2%80%AE", f"{TOKEN}%0A"]


def send(server: RunningMock, method: str, target: str, *headers: tuple[str, str | bytes]) -> Response:
    """Send a request with the target as it is."""
    return server.exchange(wire.request(method, target, headers), method=method)


def authorization(world: World) -> tuple[str, str | bytes]:
    return ("Authorization", f"Bearer {world.key}")


@pytest.mark.assumption("errors.no-server-error", "4xx")
@pytest.mark.parametrize("path", ALLOWED)
def test_wrong_method_is_refused_with_the_allowed_ones(server: RunningMock, path: str) -> None:
    """A key is not needed: which paths exist is no secret."""
    for method in METHODS:
        if method not in ALLOWED[path]:
            response = send(server, method, f"/api/v1{path}", ("Content-Length", "0"))
            assert (response.status, set(response.headers["allow"].split(", "))) == (405, ALLOWED[path]), method
            assert response.body == b"" or method != "HEAD"


@pytest.mark.assumption("errors.no-server-error", "4xx")
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_path_gets_404_without_a_redirect(server: RunningMock, method: str) -> None:
    for target in UNKNOWN:
        response = send(server, method, target, ("Content-Length", "0"))
        assert (response.status, response.json["code"]) == (404, "not_found"), target
        assert "location" not in response.headers, target


@pytest.mark.statement("errors.code")
@pytest.mark.parametrize("path", NOT_MOCKED)
def test_path_of_the_real_service_is_not_a_missing_account(empty: World, path: str) -> None:
    for rest in ("", "/", f"/{ID}", f"/{ID}/x/y", "?a=b"):
        for method in ("GET", "POST", "PATCH", "DELETE"):
            response = empty.call(method, f"{path}{rest}", None)
            assert (response.status_code, response.json()["code"]) == (404, "not_mocked"), (method, rest)


@pytest.mark.statement("get.unknown")
@pytest.mark.assumption("errors.no-server-error", "4xx")
@pytest.mark.parametrize("rest", ["", "/metrics", "/health"])
def test_odd_id_is_an_unknown_account(server: RunningMock, demo: World, rest: str) -> None:
    for id in ODD_IDS:
        response = send(server, "GET", f"/api/v1/social-accounts/{id}{rest}", authorization(demo))
        assert (response.status, response.json["code"]) == (404, "not_found"), id


@pytest.mark.statement("connect.unknown-session")
@pytest.mark.assumption("errors.no-server-error", "4xx")
def test_odd_token_is_an_unknown_session(server: RunningMock, demo: World) -> None:
    assert demo.pending_response(TOKEN).status_code == 200

    statuses = {each: send(server, "GET", f"/api/v1/social-accounts/pending/{each}").status for each in ODD_TOKENS}
    assert statuses == dict.fromkeys(ODD_TOKENS, 404)


@pytest.mark.statement("get.by-id")
def test_escaped_letters_of_an_id_are_decoded(server: RunningMock, demo: World) -> None:
    escaped = "".join(f"%{ord(letter):02x}" for letter in ID)
    response = send(server, "GET", f"/api/v1/social-accounts/{escaped}", authorization(demo))

    assert response.json == demo.get(ID)


@pytest.mark.statement("get.by-id")
def test_absolute_target_is_accepted(server: RunningMock, demo: World) -> None:
    response = send(server, "GET", f"{server.url}/api/v1/social-accounts/{ID}", authorization(demo))

    assert response.json == demo.get(ID)


@pytest.mark.statement("list.envelope")
def test_api_responds_to_any_host_header(server: RunningMock, demo: World) -> None:
    page = demo.page(platform="x")
    head = "GET /api/v1/social-accounts?platform=x HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n"

    for host in ("evil.example", "", "localhost:1", "[::1]"):
        assert server.exchange(head.format(host, demo.key).encode()).json == page, host


@pytest.mark.statement("list.envelope")
def test_http_1_0_is_supported(server: RunningMock, demo: World) -> None:
    head = f"GET /api/v1/social-accounts?platform=x HTTP/1.0\r\nAuthorization: Bearer {demo.key}\r\n\r\n"

    assert server.exchange(head.encode()).json == demo.page(platform="x")


@pytest.mark.parametrize("path", ["/api/v1/" + "x" * 9000, "/api/v1/posts/" + "x" * 9000])
def test_long_path_is_not_repeated_in_full(server: RunningMock, path: str) -> None:
    detail = send(server, "GET", path).json["detail"]

    assert "x…" in detail
    assert len(detail) < 300
