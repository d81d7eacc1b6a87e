"""Which web pages may read the API's answers: those of `--allow-origin`, all by default. Refusals are answers too."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.mockserver.http.server import Server
from tests.mockserver.http.world import World

APP = "http://localhost:3000"
OTHER = "http://localhost:3001"
LIST = "/api/v1/social-accounts"
PREFLIGHT = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization,x-mine"}


def asked(server: Server, method: str, path: str, origin: str | None, **headers: str) -> httpx.Response:
    return server.request(method, path, {**({} if origin is None else {"Origin": origin}), **headers})


def readable(answer: httpx.Response) -> str | None:
    """Whose pages may read `answer`."""
    origin: str | None = answer.headers.get("access-control-allow-origin")
    return origin


def varies(answer: httpx.Response) -> list[str]:
    return [name.strip().lower() for name in answer.headers.get("vary", "").split(",") if name]


@pytest.fixture
def picky(serve: Serve) -> Server:
    """A server that two origins may call."""
    return serve("--allow-origin", APP, "--allow-origin", "HTTPS://App.Example:443")


def test_page_of_any_origin_may_read_the_api(world: World) -> None:
    answer = world.call("GET", "/social-accounts", headers={"Origin": APP})

    assert answer.status_code == 200
    assert readable(answer) == "*"


@pytest.mark.parametrize("path", [LIST, "/api/v1/nothing", "/api/v1/posts", f"{LIST}?limit=0", "/api/v1/health"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_refusals_can_be_read_too(server: Server, method: str, path: str) -> None:
    assert readable(asked(server, method, path, APP)) == "*"


def test_page_may_read_when_to_come_back(limited: World) -> None:
    calls = [limited.call("DELETE", "/social-accounts/no", headers={"Origin": APP}) for _ in range(21)]

    assert calls[-1].status_code == 429
    assert calls[-1].headers["retry-after"]
    assert "Retry-After" in calls[-1].headers["access-control-expose-headers"].split(", ")
    assert readable(calls[-1]) == "*"


def test_answer_that_was_asked_to_be_a_failure_can_be_read_too(world: World) -> None:
    answer = world.call("GET", "/social-accounts", headers={"Origin": APP, "Prefer": "code=429"})

    assert answer.status_code == 429
    assert readable(answer) == "*"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"Retry-After", "Preference-Applied"} <= {*exposed}


@pytest.mark.parametrize("path", [LIST, f"{LIST}/some-id", "/api/v1/nothing", "/api/v1/health"])
def test_preflight_lets_the_page_try_whatever_the_path_will_say(server: Server, path: str) -> None:
    answer = asked(server, "OPTIONS", path, APP, **PREFLIGHT)

    assert (answer.status_code, answer.content) == (204, b"")
    assert readable(answer) == "*"
    assert "DELETE" in answer.headers["access-control-allow-methods"].split(", ")
    assert answer.headers["access-control-allow-headers"] == "authorization,x-mine"
    assert int(answer.headers["access-control-max-age"]) > 0


def test_preflight_makes_no_world_and_needs_no_key(server: Server, world: World) -> None:
    before = len(world.lever("GET", "/worlds")["data"])
    asked(server, "OPTIONS", LIST, APP, **PREFLIGHT, Authorization="Bearer sk_test_made-by-a-preflight")

    assert len(world.lever("GET", "/worlds")["data"]) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": APP}, {"Access-Control-Request-Method": "GET"}], ids=["no method", "no origin"]
)
def test_other_options_are_a_method_that_the_path_lacks(server: Server, headers: dict[str, str | bytes]) -> None:
    assert server.request("OPTIONS", LIST, headers).status_code == 405


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi.yaml"])
def test_page_may_read_the_specification(server: Server, path: str) -> None:
    assert readable(asked(server, "GET", path, APP)) == "*"


def test_call_of_no_page_gets_no_headers_of_this(world: World) -> None:
    headers = world.call("GET", "/social-accounts").headers

    assert [name for name in headers if name.startswith("access-control-")] == []
    assert "vary" not in headers


def test_answer_for_all_varies_with_nothing(server: Server) -> None:
    assert varies(asked(server, "GET", "/api/v1/health", APP)) == []


@pytest.mark.parametrize("origin", [APP, "https://app.example"])
def test_page_of_a_listed_origin_may_read_and_is_named(picky: Server, origin: str) -> None:
    assert readable(asked(picky, "GET", "/api/v1/health", origin)) == origin
    assert readable(asked(picky, "GET", LIST, origin)) == origin
    assert readable(asked(picky, "OPTIONS", LIST, origin, **PREFLIGHT)) == origin


@pytest.mark.parametrize(
    "origin", [OTHER, "https://app.example:8443", "http://app.example", "null", "*", f"{APP}.evil.test"]
)
def test_page_of_another_origin_may_not(picky: Server, origin: str) -> None:
    assert readable(asked(picky, "GET", "/api/v1/health", origin)) is None
    preflight = asked(picky, "OPTIONS", LIST, origin, **PREFLIGHT)
    assert (preflight.status_code, readable(preflight)) == (405, None)


@pytest.mark.parametrize("origin", [APP, OTHER, None])
def test_cache_is_told_that_answers_differ_by_origin(picky: Server, origin: str | None) -> None:
    assert "origin" in varies(asked(picky, "GET", "/api/v1/health", origin))
    assert "origin" in varies(asked(picky, "GET", LIST, origin))


def test_preflight_differs_by_what_is_asked_for(picky: Server) -> None:
    assert varies(asked(picky, "OPTIONS", LIST, APP, **PREFLIGHT)) == ["origin", "access-control-request-headers"]


def test_no_page_may_read_where_none_is_allowed(serve: Serve) -> None:
    server = serve("--allow-origin", "none")

    answers: list[Any] = [
        asked(server, "GET", "/api/v1/health", APP),
        asked(server, "GET", LIST, APP),
        asked(server, "OPTIONS", LIST, APP, **PREFLIGHT),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 405]
    assert [name for answer in answers for name in answer.headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize("path", [LIST, "/api/v1/health", "/openapi.json"])
def test_cookies_take_no_part(server: Server, picky: Server, path: str) -> None:
    answers = [asked(each, "GET", path, APP) for each in (server, picky)]

    assert ["access-control-allow-credentials" in answer.headers for answer in answers] == [False, False]
