"""Paths and methods: what is there, what is not, and what the real service has besides."""

from __future__ import annotations

import pytest
from tests.mockserver.http import wire
from tests.mockserver.http.server import Server
from tests.mockserver.http.wire import Answer
from tests.mockserver.http.world import World

ID = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
TOKEN = "9f8e7d6c5b4a39281706"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
ALLOWED = {
    "/health": {"GET"},
    "/social-accounts": {"GET"},
    f"/social-accounts/{ID}": {"GET", "DELETE"},
    f"/social-accounts/{ID}/metrics": {"GET"},
    f"/social-accounts/{ID}/health": {"GET"},
    f"/social-accounts/pending/{TOKEN}": {"GET"},
    f"/social-accounts/pending/{TOKEN}/finalize": {"POST"},
    "/social-networks/x/auth-url": {"POST"},
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


def send(server: Server, method: str, target: str, *headers: tuple[str, str | bytes]) -> Answer:
    """A request whose target goes over the wire as it is."""
    return server.exchange(wire.request(method, target, headers), method=method)


def keyed(world: World) -> tuple[str, str | bytes]:
    return ("Authorization", f"Bearer {world.key}")


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for path in ALLOWED for method in METHODS if method not in ALLOWED[path]]
)
def test_wrong_method_is_refused_and_told_which_are_right(server: Server, path: str, method: str) -> None:
    """Also without a key: what is there is no secret."""
    answer = send(server, method, f"/api/v1{path}", ("Content-Length", "0"))

    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) == ALLOWED[path]
    assert answer.body == b"" or method != "HEAD"


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("target", UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_path_answers_404_and_sends_nobody_elsewhere(server: Server, target: str, method: str) -> None:
    answer = send(server, method, target, ("Content-Length", "0"))

    assert answer.status == 404
    assert answer.json["code"] == "not_found"
    assert "location" not in answer.headers


@pytest.mark.statement("errors.code")
@pytest.mark.parametrize("path", NOT_MOCKED)
@pytest.mark.parametrize("rest", ["", "/", f"/{ID}", f"/{ID}/x/y", "?a=b"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_path_of_the_real_service_is_told_apart_from_a_missing_account(
    world: World, path: str, rest: str, method: str
) -> None:
    answer = world.call(method, f"{path}{rest}", None)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_mocked")


@pytest.mark.statement("get.unknown", "errors.no-server-error")
@pytest.mark.parametrize(
    "id",
    [
        f"{ID}%2Fmetrics",
        f"{ID}%2F",
        "%2F",
        "a%2Fb",
        "%2E%2E",
        "%00",
        "%FF",
        f"{ID}%20",
        f"%20{ID}",
        "pending",
        "%F0%9F%92%A5",
        "{id}",
    ],
)
@pytest.mark.parametrize("rest", ["", "/metrics", "/health"])
def test_escaped_slash_or_other_oddity_in_an_id_makes_an_unknown_account(
    server: Server, demo: World, id: str, rest: str
) -> None:
    answer = send(server, "GET", f"/api/v1/social-accounts/{id}{rest}", keyed(demo))

    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.statement("connect.unknown-session", "errors.no-server-error")
@pytest.mark.parametrize(
    "token", [f"{TOKEN}%2Ffinalize", f"x%2F{TOKEN}", "%2F", "%00", "%FF%FE", "%E2%80%AE", f"{TOKEN}%0A"]
)
def test_oddity_in_a_token_makes_an_unknown_session(server: Server, demo: World, token: str) -> None:
    assert demo.pending_answer(TOKEN).status_code == 200

    assert send(server, "GET", f"/api/v1/social-accounts/pending/{token}").status == 404


@pytest.mark.statement("get.by-id")
def test_escaped_letters_of_an_id_are_decoded(server: Server, demo: World) -> None:
    escaped = "".join(f"%{ord(letter):02x}" for letter in ID)
    answer = send(server, "GET", f"/api/v1/social-accounts/{escaped}", keyed(demo))

    assert answer.json == demo.get(ID)


@pytest.mark.statement("get.by-id")
def test_target_in_absolute_form_is_understood(server: Server, demo: World) -> None:
    answer = send(server, "GET", f"{server.url}/api/v1/social-accounts/{ID}", keyed(demo))

    assert answer.json == demo.get(ID)


@pytest.mark.statement("list.envelope")
@pytest.mark.parametrize("host", ["evil.example", "", "localhost:1", "[::1]"])
def test_host_header_matters_nothing(server: Server, demo: World, host: str) -> None:
    head = (
        f"GET /api/v1/social-accounts?platform=x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {demo.key}\r\n\r\n"
    )
    answer = server.exchange(head.encode())

    assert answer.json == demo.page(platform="x")


@pytest.mark.statement("list.envelope")
def test_http_1_0_is_spoken_too(server: Server, demo: World) -> None:
    head = f"GET /api/v1/social-accounts?platform=x HTTP/1.0\r\nAuthorization: Bearer {demo.key}\r\n\r\n"

    assert server.exchange(head.encode()).json == demo.page(platform="x")


@pytest.mark.parametrize("path", ["/api/v1/" + "x" * 9000, "/api/v1/posts/" + "x" * 9000])
def test_long_path_is_not_said_back_in_full(server: Server, path: str) -> None:
    detail = send(server, "GET", path).json["detail"]

    assert "x…" in detail
    assert len(detail) < 300
