"""Who may pull the levers: callers on this machine that are no foreign web page, or those who have the token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.mockserver.http.server import Server
from tests.mockserver.http.world import World

from postfuze_mock.app import create_app

EXPOSED = ("--host", "0.0.0.0")
TOKEN = "s3cret-t0ken"
PAGE = {"Origin": "http://127.0.0.1:3000"}


def reset(world: World, headers: Mapping[str, str | bytes], **more: object) -> httpx.Response:
    return world.request("POST", "/_mock/reset", {**world.bearer(), **headers}, **more)


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """What a refusal says."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    detail: str = answer.json()["detail"]
    return detail


# Where only this machine can reach them, the levers are open to what runs on it.


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10:1", "localhost", "LOCALHOST:8080", "localhost.", "[::1]:80"])
def test_levers_answer_to_loopback_names(world: World, host: str) -> None:
    assert reset(world, {"Host": host}).status_code == 204


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "localhost.evil.test",
        "127.0.0.1.evil.test:8080",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "a@localhost",
        "[",
    ],
)
def test_name_that_was_made_to_point_here_is_refused(world: World, host: str) -> None:
    account = world.make()

    detail = refused(reset(world, {"Host": host}), 421, "host_not_allowed")

    assert "--allow-host" in detail
    assert world.get(account["id"]) == account


def test_refusal_names_the_flag_that_would_allow_the_host(world: World) -> None:
    detail = refused(reset(world, {"Host": "mock.internal:8080"}), 421, "host_not_allowed")

    assert detail.endswith("start it with --allow-host mock.internal.")


def test_call_without_a_host_is_refused(server: Server) -> None:
    answer = server.exchange(b"GET /_mock/clock HTTP/1.0\r\n\r\n")

    assert answer.status == 421


def test_allowed_host_may_be_called(serve: Serve, name: str) -> None:
    world = serve("--allow-host", "mock.internal", "--allow-host", "other.internal:81").world(name)

    assert reset(world, {"Host": "Mock.Internal:8080"}).status_code == 204
    assert reset(world, {"Host": "other.internal:81"}).status_code == 204
    assert reset(world, {"Host": "other.internal:82"}).status_code == 421


def test_api_answers_to_every_name(world: World) -> None:
    assert world.call("GET", "/social-accounts", headers={"Host": "api.postfuze.com"}).status_code == 200


# Pages.


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:3000", "https://evil.test", "null", "", "http://[", "chrome-extension://a"]
)
def test_page_of_another_origin_is_refused(world: World, origin: str) -> None:
    account = world.make()

    detail = refused(reset(world, {"Origin": origin}), 403, "cross_site")

    assert "only the mock's own pages" in detail
    assert world.get(account["id"]) == account


def test_page_of_the_same_host_at_another_port_is_another_origin(world: World) -> None:
    refused(reset(world, {"Host": "localhost:8080", "Origin": "http://localhost:8081"}), 403, "cross_site")


def test_page_of_the_mock_may_call(world: World) -> None:
    headers = {"Origin": world.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}

    assert reset(world, headers).status_code == 204


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_call_that_the_browser_says_is_of_another_site_is_refused(world: World, site: str) -> None:
    refused(reset(world, {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}), 403, "cross_site")


@pytest.mark.parametrize("path", ["/docs/control", "/_mock/openapi.json", "/_mock/clock"])
def test_link_from_elsewhere_may_be_followed(world: World, path: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    assert world.request("GET", path, headers).status_code == 200


def test_frame_of_another_site_is_refused(world: World) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}

    refused(world.request("GET", "/_mock/clock", headers), 403, "cross_site")


def test_form_of_another_site_is_refused(world: World) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    refused(reset(world, headers), 403, "cross_site")


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"])
def test_body_of_a_type_that_pages_send_unasked_does_nothing(world: World, type: str) -> None:
    before = world.lever("GET", "/clock")

    answer = world.request(
        "PUT", "/_mock/clock", {**world.bearer(), "Content-Type": type}, content=b'{"now": "2030-01-01T00:00:00.000Z"}'
    )

    assert answer.status_code == 415
    assert world.lever("GET", "/clock") == before


@pytest.mark.parametrize("path", ["/_mock/reset", "/%5Fmock/reset", "/_mock/r%65set"])
def test_page_finds_no_way_around_by_spelling_the_path_otherwise(world: World, path: str) -> None:
    answer = world.request("POST", path, {**world.bearer(), **PAGE})

    refused(answer, 403, "cross_site")


def test_levers_never_allow_a_page_to_read_them(world: World) -> None:
    answers = [
        world.request("GET", "/_mock/clock", PAGE),
        world.request("GET", "/_mock/health", PAGE),
        world.request("GET", "/_mock/openapi.json", {"Origin": world.url}),
        world.request("OPTIONS", "/_mock/reset", {**PAGE, "Access-Control-Request-Method": "POST"}),
        world.request("GET", "/docs/control", {"Origin": world.url}),
    ]

    assert [name for answer in answers for name in answer.headers if name.startswith("access-control-")] == []


# Beyond this machine.


def test_levers_are_refused_where_others_can_reach_them(serve: Serve, name: str) -> None:
    world = serve(*EXPOSED).world(name)

    detail = refused(reset(world, {}), 403, "control_refused")

    assert "--control-token" in detail
    assert "--control-port" in detail
    assert world.page()["data"] != []


@pytest.mark.parametrize("path", ["/_mock", "/_mock/openapi.json", "/docs/control", "/_mock/no-such-lever"])
def test_pages_of_levers_that_are_refused_are_too(serve: Serve, path: str) -> None:
    refused(serve(*EXPOSED).request("GET", path, {}), 403, "control_refused")


@pytest.mark.parametrize(("address", "status"), [("192.0.2.7", 403), ("127.0.0.1", 204)])
def test_application_in_another_server_opens_the_levers_on_loopback_alone(address: str, status: int) -> None:
    async def reset() -> int:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{address}:8080") as client:
            return (await client.post("/_mock/reset", headers={"Host": "localhost"})).status_code

    assert asyncio.run(reset()) == status


def test_levers_that_are_switched_off_say_so(serve: Serve, name: str) -> None:
    detail = refused(reset(serve("--no-control").world(name), {}), 403, "control_refused")

    assert "--no-control" in detail


@pytest.mark.parametrize("flags", [(), EXPOSED, ("--no-control",), ("--control-token", TOKEN)], ids=" ".join)
def test_health_is_open_to_all(serve: Serve, flags: tuple[str, ...]) -> None:
    answer = serve(*flags).request("GET", "/_mock/health", {"Host": "mock.internal", **PAGE})

    assert answer.json()["status"] == "ok"


# The token.


@pytest.fixture(params=[(), EXPOSED], ids=["on loopback", "beyond"])
def guarded(request: pytest.FixtureRequest, serve: Serve, name: str) -> World:
    """A world whose levers ask for the token."""
    return serve("--control-token", TOKEN, *request.param).world(name)


def test_lever_works_with_the_token(guarded: World) -> None:
    assert reset(guarded, {"X-Mock-Control-Token": TOKEN}).status_code == 204


def test_lever_asks_for_the_token(guarded: World) -> None:
    answer = reset(guarded, {})

    assert "X-Mock-Control-Token" in refused(answer, 401, "control_token_missing")
    assert "X-Mock-Control-Token" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "\xff".encode()])
def test_other_token_is_refused_and_none_is_told(guarded: World, token: str | bytes) -> None:
    detail = refused(reset(guarded, {"X-Mock-Control-Token": token}), 403, "control_token_wrong")

    assert TOKEN not in detail


def test_page_of_the_levers_opens_without_the_token_for_none_can_be_sent(guarded: World) -> None:
    assert guarded.request("GET", "/docs/control", {}).status_code == 200
    assert guarded.request("GET", "/_mock/openapi.json", {}).status_code == 200


def test_token_lets_no_foreign_page_in(guarded: World) -> None:
    refused(reset(guarded, {"X-Mock-Control-Token": TOKEN, **PAGE}), 403, "cross_site")


def test_api_asks_for_no_token(guarded: World) -> None:
    assert guarded.page()["data"] != []


def test_specification_of_the_levers_describes_the_token(server: Server) -> None:
    document = server.request("GET", "/_mock/openapi.json", {}).json()
    scheme = document["components"]["securitySchemes"]["controlToken"]

    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-Mock-Control-Token")


def test_no_lever_but_health_works_without_the_token(serve: Serve) -> None:
    server = serve("--control-token", TOKEN)
    document = server.request("GET", "/_mock/openapi.json", {}).json()
    statuses = {
        f"{method.upper()} {path}": server.request(method.upper(), f"/_mock{path}", {}).status_code
        for path, methods in document["paths"].items()
        for method in methods
    }

    assert {call for call, status in statuses.items() if status != 401} == {"GET /health"}


def test_token_is_in_no_log_and_no_banner(serve: Serve, name: str) -> None:
    server = serve("--control-token", TOKEN)
    reset(server.world(name), {"X-Mock-Control-Token": TOKEN})

    assert TOKEN not in server.log
