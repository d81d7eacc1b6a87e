"""Who may use the control API: local callers other than foreign web pages, or callers with the token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock
from tests.support.world import World

from postfuze_mock.app import create_app

REFERENCE = "/docs/control"
EXPOSED = ("--host", "0.0.0.0")
TOKEN = "s3cret-t0ken"
PAGE = {"Origin": "http://127.0.0.1:3000"}
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
LOOPBACK_NAMES = ["127.0.0.1", "127.8.9.10:1", "localhost", "LOCALHOST:8080", "localhost.", "[::1]:80"]
FOREIGN_NAMES = [
    "evil.test", "localhost.evil.test", "127.0.0.1.evil.test:8080", "127.1", "2130706433", "0.0.0.0", "a@localhost",
    "[",
]  # fmt: skip
FOREIGN_ORIGINS = ["http://127.0.0.1:3000", "https://evil.test", "null", "", "http://[", "chrome-extension://a"]


def reset(world: World, headers: Mapping[str, str | bytes], **more: object) -> httpx.Response:
    return world.request("POST", "/_mock/reset", {**world.bearer(), **headers}, **more)


def refused(response: httpx.Response, status: int, code: str) -> str:
    """The detail of a refusal."""
    assert (response.status_code, response.json()["code"]) == (status, code)
    detail: str = response.json()["detail"]
    return detail


# On loopback, the control API is open to local programs.


def test_control_api_responds_to_loopback_names(world: World) -> None:
    for host in LOOPBACK_NAMES:
        assert reset(world, {"Host": host}).status_code == 204, host


def test_foreign_name_that_resolves_here_is_refused(world: World) -> None:
    account = world.make()

    for host in FOREIGN_NAMES:
        assert "--allow-host" in refused(reset(world, {"Host": host}), 421, "host_not_allowed"), host
    assert world.get(account["id"]) == account


def test_refusal_names_the_flag_that_allows_the_host(world: World) -> None:
    detail = refused(reset(world, {"Host": "mock.internal:8080"}), 421, "host_not_allowed")

    assert detail.endswith("start it with --allow-host mock.internal.")


def test_call_without_a_host_is_refused(server: RunningMock) -> None:
    assert server.exchange(b"GET /_mock/clock HTTP/1.0\r\n\r\n").status == 421


def test_allowed_host_may_be_called(serve: Serve, name: str) -> None:
    world = serve("--allow-host", "mock.internal", "--allow-host", "other.internal:81").world(name)

    assert reset(world, {"Host": "Mock.Internal:8080"}).status_code == 204
    assert reset(world, {"Host": "other.internal:81"}).status_code == 204
    assert reset(world, {"Host": "other.internal:82"}).status_code == 421


def test_api_responds_to_every_name(world: World) -> None:
    assert world.call("GET", "/social-accounts", headers={"Host": "api.postfuze.com"}).status_code == 200


# Pages.


def test_page_of_another_origin_is_refused(world: World) -> None:
    account = world.make()

    for origin in FOREIGN_ORIGINS:
        refused(reset(world, {"Origin": origin}), 403, "cross_site")
    assert world.get(account["id"]) == account


def test_page_of_the_same_host_at_another_port_is_another_origin(world: World) -> None:
    refused(reset(world, {"Host": "localhost:8080", "Origin": "http://localhost:8081"}), 403, "cross_site")


def test_page_of_the_mock_may_call(world: World) -> None:
    headers = {"Origin": world.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}

    assert reset(world, headers).status_code == 204


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_call_from_another_site_is_refused(world: World, site: str) -> None:
    refused(reset(world, {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}), 403, "cross_site")


@pytest.mark.parametrize("path", [REFERENCE, "/_mock/openapi.json", "/_mock/clock"])
def test_link_from_elsewhere_may_be_followed(world: World, path: str) -> None:
    assert world.request("GET", path, dict(LINK)).status_code == 200


def test_frame_of_another_site_is_refused(world: World) -> None:
    refused(world.request("GET", "/_mock/clock", {**LINK, "Sec-Fetch-Dest": "iframe"}), 403, "cross_site")


def test_form_of_another_site_is_refused(world: World) -> None:
    refused(reset(world, LINK), 403, "cross_site")


def test_body_of_a_form_media_type_has_no_effect(world: World) -> None:
    before = world.control("GET", "/clock")

    for type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"):
        headers = {**world.bearer(), "Content-Type": type}
        body = b'{"now": "2030-01-01T00:00:00.000Z"}'
        assert world.request("PUT", "/_mock/clock", headers, content=body).status_code == 415
    assert world.control("GET", "/clock") == before


def test_other_spelling_of_the_path_is_refused(world: World) -> None:
    for path in ("/_mock/reset", "/%5Fmock/reset", "/_mock/r%65set"):
        refused(world.request("POST", path, {**world.bearer(), **PAGE}), 403, "cross_site")


def test_control_api_never_lets_a_page_read_it(world: World) -> None:
    responses = [
        world.request("GET", "/_mock/clock", PAGE),
        world.request("GET", "/_mock/health", PAGE),
        world.request("GET", "/_mock/openapi.json", {"Origin": world.url}),
        world.request("OPTIONS", "/_mock/reset", {**PAGE, "Access-Control-Request-Method": "POST"}),
        world.request("GET", REFERENCE, {"Origin": world.url}),
    ]

    assert [name for each in responses for name in each.headers if name.startswith("access-control-")] == []


# Beyond this machine.


def test_control_api_is_refused_on_a_public_address(serve: Serve, name: str) -> None:
    world = serve(*EXPOSED).world(name)

    detail = refused(reset(world, {}), 403, "control_refused")

    assert "--control-token" in detail
    assert "--control-port" in detail
    assert "--control open" in detail
    assert world.page()["data"] != []


def test_control_api_is_open_beyond_loopback_if_the_user_says_so(serve: Serve, name: str) -> None:
    assert reset(serve(*EXPOSED, "--control", "open").world(name), {}).status_code == 204


def test_control_api_for_a_network_responds_to_the_names_of_containers(serve: Serve, name: str) -> None:
    world = serve(*EXPOSED, "--control", "open").world(name)

    for host in ("postfuze:8080", "postfuze", "172.17.0.2:8080", "[fd00::2]:8080", *LOOPBACK_NAMES):
        assert reset(world, {"Host": host}).status_code == 204, host
    for host in ("evil.test", "postfuze.evil.test:8080", "127.1", "a@postfuze", "["):
        refused(reset(world, {"Host": host}), 421, "host_not_allowed")


def test_open_control_api_refuses_foreign_pages(serve: Serve, name: str) -> None:
    refused(reset(serve(*EXPOSED, "--control", "open").world(name), PAGE), 403, "cross_site")


def test_pages_of_a_refused_control_api_are_refused_too(serve: Serve) -> None:
    for path in ("/_mock", "/_mock/openapi.json", REFERENCE, "/_mock/no-such-call"):
        refused(serve(*EXPOSED).request("GET", path, {}), 403, "control_refused")


@pytest.mark.parametrize(("address", "status"), [("192.0.2.7", 403), ("127.0.0.1", 204)])
def test_application_in_another_server_opens_the_control_api_on_loopback_only(address: str, status: int) -> None:
    async def reset() -> int:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{address}:8080") as client:
            return (await client.post("/_mock/reset", headers={"Host": "localhost"})).status_code

    assert asyncio.run(reset()) == status


def test_control_api_that_is_switched_off_says_so(serve: Serve, name: str) -> None:
    detail = refused(reset(serve("--no-control").world(name), {}), 403, "control_refused")

    assert "--no-control" in detail


@pytest.mark.parametrize("flags", [(), EXPOSED, ("--no-control",), ("--control-token", TOKEN)], ids=" ".join)
def test_health_is_public(serve: Serve, flags: tuple[str, ...]) -> None:
    response = serve(*flags).request("GET", "/_mock/health", {"Host": "mock.internal", **PAGE})

    assert response.json()["status"] == "ok"


# The token.


@pytest.fixture(params=[(), EXPOSED], ids=["on loopback", "beyond"])
def guarded(request: pytest.FixtureRequest, serve: Serve, name: str) -> World:
    """A world whose control API requires the token."""
    return serve("--control-token", TOKEN, *request.param).world(name)


def test_call_with_the_token_works(guarded: World) -> None:
    assert reset(guarded, {"X-Mock-Control-Token": TOKEN}).status_code == 204


def test_call_with_the_token_may_name_a_container(guarded: World) -> None:
    assert reset(guarded, {"X-Mock-Control-Token": TOKEN, "Host": "postfuze:8080"}).status_code == 204


def test_call_without_the_token_is_refused(guarded: World) -> None:
    response = reset(guarded, {})

    assert "X-Mock-Control-Token" in refused(response, 401, "control_token_missing")
    assert "X-Mock-Control-Token" in response.headers["www-authenticate"]


def test_wrong_token_is_refused_without_revealing_the_right_one(guarded: World) -> None:
    for token in ("", "wrong", TOKEN[:-1], f"{TOKEN}x", "\xff".encode()):
        assert TOKEN not in refused(reset(guarded, {"X-Mock-Control-Token": token}), 403, "control_token_wrong")


def test_pages_need_no_token_because_a_link_cannot_send_one(guarded: World) -> None:
    assert guarded.request("GET", REFERENCE, {}).status_code == 200
    assert guarded.request("GET", "/_mock/openapi.json", {}).status_code == 200


def test_token_does_not_admit_foreign_pages(guarded: World) -> None:
    refused(reset(guarded, {"X-Mock-Control-Token": TOKEN, **PAGE}), 403, "cross_site")


def test_api_needs_no_token(guarded: World) -> None:
    assert guarded.page()["data"] != []


def test_specification_of_the_control_api_describes_the_token(server: RunningMock) -> None:
    document = server.request("GET", "/_mock/openapi.json", {}).json()
    scheme = document["components"]["securitySchemes"]["controlToken"]

    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-Mock-Control-Token")


def test_only_health_and_receiving_work_without_the_token(serve: Serve) -> None:
    server = serve("--control-token", TOKEN)
    document = server.request("GET", "/_mock/openapi.json", {}).json()
    statuses = {
        f"{method.upper()} {path}": server.request(method.upper(), f"/_mock{path}", {}).status_code
        for path, methods in document["paths"].items()
        for method in methods
    }

    assert {call for call, status in statuses.items() if status != 401} == {"GET /health", "POST /inbox/{name}"}


def test_token_is_not_logged(serve: Serve, name: str) -> None:
    server = serve("--control-token", TOKEN)
    reset(server.world(name), {"X-Mock-Control-Token": TOKEN})

    assert TOKEN not in server.log
