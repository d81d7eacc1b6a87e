"""Which web pages may read the API's responses: those of `--allow-origin`, all by default. Refusals included."""

from __future__ import annotations

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock
from tests.support.world import World

APP = "http://localhost:3000"
OTHER = "http://localhost:3001"
LIST = "/api/v1/social-accounts"
HEALTH = "/api/v1/health"
PREFLIGHT = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization,x-mine"}
FOREIGN = [OTHER, "https://app.example:8443", "http://app.example", "null", "*", f"{APP}.evil.test"]


def send(server: RunningMock, method: str, path: str, origin: str | None, **headers: str) -> httpx.Response:
    return server.request(method, path, {**({} if origin is None else {"Origin": origin}), **headers})


def readers(response: httpx.Response) -> str | None:
    """The origin whose pages may read `response`."""
    origin: str | None = response.headers.get("access-control-allow-origin")
    return origin


def varies(response: httpx.Response) -> list[str]:
    return [name.strip().lower() for name in response.headers.get("vary", "").split(",") if name]


def cors_headers(response: httpx.Response) -> list[str]:
    return [name for name in response.headers if name.startswith("access-control-")]


@pytest.fixture
def picky(serve: Serve) -> RunningMock:
    """A server that two origins may call."""
    return serve("--allow-origin", APP, "--allow-origin", "HTTPS://App.Example:443")


def test_page_of_any_origin_may_read_the_api(world: World) -> None:
    response = world.call("GET", "/social-accounts", headers={"Origin": APP})

    assert response.status_code == 200
    assert readers(response) == "*"


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_refusals_can_be_read_too(server: RunningMock, method: str) -> None:
    for path in (LIST, "/api/v1/nothing", "/api/v1/posts", f"{LIST}?limit=0", HEALTH):
        assert readers(send(server, method, path, APP)) == "*", path


def test_page_may_read_retry_after(limited: World) -> None:
    calls = [limited.call("DELETE", "/social-accounts/no", headers={"Origin": APP}) for _ in range(21)]

    assert calls[-1].status_code == 429
    assert calls[-1].headers["retry-after"]
    assert "Retry-After" in calls[-1].headers["access-control-expose-headers"].split(", ")
    assert readers(calls[-1]) == "*"


def test_preferred_failure_can_be_read_too(world: World) -> None:
    response = world.call("GET", "/social-accounts", headers={"Origin": APP, "Prefer": "code=429"})

    assert response.status_code == 429
    assert readers(response) == "*"
    exposed = response.headers["access-control-expose-headers"].split(", ")
    assert {"Retry-After", "Preference-Applied"} <= {*exposed}


@pytest.mark.parametrize("path", [LIST, f"{LIST}/some-id", "/api/v1/nothing", HEALTH])
def test_preflight_allows_every_method_and_header(server: RunningMock, path: str) -> None:
    response = send(server, "OPTIONS", path, APP, **PREFLIGHT)

    assert (response.status_code, response.content) == (204, b"")
    assert readers(response) == "*"
    assert "DELETE" in response.headers["access-control-allow-methods"].split(", ")
    assert response.headers["access-control-allow-headers"] == "authorization,x-mine"
    assert int(response.headers["access-control-max-age"]) > 0


def test_preflight_creates_no_world_and_needs_no_key(server: RunningMock, world: World) -> None:
    before = len(world.control("GET", "/worlds")["data"])
    send(server, "OPTIONS", LIST, APP, **PREFLIGHT, Authorization="Bearer sk_test_made-by-a-preflight")

    assert len(world.control("GET", "/worlds")["data"]) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": APP}, {"Access-Control-Request-Method": "GET"}], ids=["no method", "no origin"]
)
def test_options_without_preflight_headers_gets_405(server: RunningMock, headers: dict[str, str | bytes]) -> None:
    assert server.request("OPTIONS", LIST, headers).status_code == 405


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.yaml", "/openapi-3.1.json", "/openapi-3.1.yaml"])
def test_page_may_read_the_specification(server: RunningMock, path: str) -> None:
    assert readers(send(server, "GET", path, APP)) == "*"


def test_call_without_an_origin_gets_no_cors_headers(world: World) -> None:
    response = world.call("GET", "/social-accounts")

    assert cors_headers(response) == []
    assert "vary" not in response.headers


def test_response_for_all_origins_has_no_vary(server: RunningMock) -> None:
    assert varies(send(server, "GET", HEALTH, APP)) == []


@pytest.mark.parametrize("origin", [APP, "https://app.example"])
def test_page_of_a_listed_origin_may_read(picky: RunningMock, origin: str) -> None:
    assert readers(send(picky, "GET", HEALTH, origin)) == origin
    assert readers(send(picky, "GET", LIST, origin)) == origin
    assert readers(send(picky, "OPTIONS", LIST, origin, **PREFLIGHT)) == origin


@pytest.mark.parametrize("origin", FOREIGN)
def test_page_of_an_unlisted_origin_may_not_read(picky: RunningMock, origin: str) -> None:
    assert readers(send(picky, "GET", HEALTH, origin)) is None
    preflight = send(picky, "OPTIONS", LIST, origin, **PREFLIGHT)
    assert (preflight.status_code, readers(preflight)) == (405, None)


@pytest.mark.parametrize("origin", [APP, OTHER, None])
def test_response_varies_by_origin_if_origins_are_listed(picky: RunningMock, origin: str | None) -> None:
    assert "origin" in varies(send(picky, "GET", HEALTH, origin))
    assert "origin" in varies(send(picky, "GET", LIST, origin))


def test_preflight_varies_with_the_requested_headers(picky: RunningMock) -> None:
    assert varies(send(picky, "OPTIONS", LIST, APP, **PREFLIGHT)) == ["origin", "access-control-request-headers"]


def test_no_page_may_read_if_no_origin_is_allowed(serve: Serve) -> None:
    server = serve("--allow-origin", "none")

    responses = [
        send(server, "GET", HEALTH, APP),
        send(server, "GET", LIST, APP),
        send(server, "OPTIONS", LIST, APP, **PREFLIGHT),
    ]
    assert [response.status_code for response in responses] == [200, 401, 405]
    assert [name for response in responses for name in cors_headers(response)] == []


@pytest.mark.parametrize("path", [LIST, HEALTH, "/openapi.json"])
def test_credentials_are_never_allowed(server: RunningMock, picky: RunningMock, path: str) -> None:
    for each in (server, picky):
        assert "access-control-allow-credentials" not in send(each, "GET", path, APP).headers
