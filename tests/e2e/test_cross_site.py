"""What a foreign web page can do to the mock in a real browser: read the API if allowed, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from tests.e2e.browser import REBOUND, Browser
from tests.e2e.conftest import Serve
from tests.support.servers import RunningMock

ACCOUNT = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
BEARER = {"Authorization": "Bearer sk_live_demo"}

FETCH = """([url, options]) => fetch(url, options).then(
    async (response) => ({type: response.type, status: response.status, text: await response.text()}), () => null)"""
FORM = """([url, type]) => {
    const form = document.createElement("form");
    Object.assign(form, {method: "POST", action: url, enctype: type});
    form.append(Object.assign(document.createElement("input"), {name: '{"x": "', value: '"}'}));
    document.body.append(form);
    form.submit();
}"""
LOAD = """([tag, url]) => new Promise((done) => {
    const element = document.createElement(tag);
    element.onload = () => done("loaded");
    element.onerror = () => done("failed");
    element.src = url;
    document.body.append(element);
})"""


@dataclass
class Foreign:
    """A foreign page, and the mock's responses to it, as `METHOD path status`."""

    page: Page
    mock: RunningMock
    responses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda response: self._note(response.request.method, response.url, response.status))

    def _note(self, method: str, url: str, status: int) -> None:
        if url.startswith(self.mock.url):
            self.responses.append(f"{method} {urlsplit(url).path} {status}")

    def fetch(self, path: str, **options: object) -> dict[str, object] | None:
        """The response as far as the page may read it; None if it may not."""
        response: dict[str, object] | None = self.page.evaluate(FETCH, [f"{self.mock.url}{path}", options])
        return response

    def load(self, tag: str, path: str) -> str:
        """The outcome (`loaded` or `failed`) of an element with the path as its source."""
        return str(self.page.evaluate(LOAD, [tag, f"{self.mock.url}{path}"]))


class _Blank(BaseHTTPRequestHandler):
    """An empty page at every path."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Foreign</title><body></body>")

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def foreign_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["127.0.0.1", "localhost", REBOUND])
def foreign(
    request: pytest.FixtureRequest, browser: Browser, mock: RunningMock, foreign_port: int
) -> Iterator[Foreign]:
    """A page at another port: of the mock's own host, of another site, and of a name that points to this machine."""
    change_world(mock)
    with browser.page() as page:
        page.goto(f"http://{request.param}:{foreign_port}")
        yield Foreign(page, mock)


def change_world(mock: RunningMock) -> None:
    """Change the world `demo`, so that a reset of it would be noticed."""
    demo = mock.client("demo")
    demo.reset()
    demo.patch_account(ACCOUNT, username="changed")


def is_untouched(mock: RunningMock) -> bool:
    """Whether the world is as `change_world` left it."""
    account = mock.caller("sk_live_demo").get(f"/social-accounts/{ACCOUNT}").json
    return bool(account["username"] == "changed")


def test_simple_fetch_resets_nothing(foreign: Foreign) -> None:
    foreign.fetch("/_mock/reset", method="POST", mode="no-cors")
    foreign.fetch("/_mock/reset?all=true", method="POST", mode="no-cors", body="{}")

    assert foreign.responses == ["POST /_mock/reset 403", "POST /_mock/reset 403"]
    assert is_untouched(foreign.mock)


def test_fetch_with_a_preflight_is_not_allowed(foreign: Foreign) -> None:
    headers = {**BEARER, "Content-Type": "application/json"}
    for method, path in [
        ("POST", "/_mock/reset"),
        ("PATCH", f"/_mock/accounts/{ACCOUNT}"),
        ("DELETE", f"/_mock/accounts/{ACCOUNT}"),
    ]:
        assert foreign.fetch(path, method=method, headers=headers, body='{"username": "foreign"}') is None, method

    assert is_untouched(foreign.mock)


def test_form_resets_nothing(foreign: Foreign) -> None:
    url = f"{foreign.mock.url}/_mock/reset"
    page = foreign.page.url
    for kind in ("application/x-www-form-urlencoded", "text/plain"):
        with foreign.page.expect_navigation() as response:
            foreign.page.evaluate(FORM, [url, kind])
        assert response.value.status == 403, kind
        foreign.page.goto(page)

    assert is_untouched(foreign.mock)


def test_foreign_element_loads_nothing_of_the_control_api(foreign: Foreign) -> None:
    for tag in ("img", "script"):
        for path in ("/_mock/state", "/_mock/reset"):
            with foreign.page.expect_request(f"{foreign.mock.url}{path}"):
                assert foreign.load(tag, path) == "failed", (tag, path)

    assert is_untouched(foreign.mock)


def test_frame_shows_nothing_of_the_control_api(foreign: Foreign) -> None:
    foreign.load("iframe", "/_mock/state")

    assert foreign.responses == ["GET /_mock/state 403"]


def test_nothing_of_the_control_api_can_be_read(foreign: Foreign) -> None:
    paths = ("/_mock/state", "/_mock/openapi.json", "/_mock/health", "/docs/control", "/_mock/")

    assert [path for path in paths if foreign.fetch(path) is not None] == []


def test_api_and_its_refusals_can_be_read(foreign: Foreign) -> None:
    account = foreign.fetch(f"/api/v1/social-accounts/{ACCOUNT}", headers=BEARER)
    no_key = foreign.fetch("/api/v1/social-accounts")
    wrong_method = foreign.fetch("/api/v1/health", method="DELETE")

    assert account is not None
    assert (account["type"], account["status"]) == ("cors", 200)
    assert '"username":"changed"' in str(account["text"])
    assert [response and response["status"] for response in (no_key, wrong_method)] == [401, 405]


def test_page_of_the_mock_cannot_be_framed(foreign: Foreign) -> None:
    messages: list[str] = []
    foreign.page.on("console", lambda message: messages.append(message.text))
    foreign.load("iframe", "/docs")

    assert any("frame-ancestors" in message for message in messages)
    assert foreign.page.frames[1].locator("[id^='operation/']").count() == 0


def test_link_to_the_reference_of_the_control_api_can_be_followed(foreign: Foreign) -> None:
    foreign.page.evaluate("url => location.assign(url)", f"{foreign.mock.url}/docs/control")
    foreign.page.wait_for_url(f"{foreign.mock.url}/docs/control")

    foreign.page.locator("[id^='operation/']").first.wait_for()


def test_api_cannot_be_read_where_no_origin_is_allowed(browser: Browser, serve: Serve, foreign_port: int) -> None:
    mock = serve("--allow-origin", "none")
    with browser.page() as page:
        page.goto(f"http://localhost:{foreign_port}")
        foreign = Foreign(page, mock)

        assert foreign.fetch("/api/v1/health") is None
        assert foreign.fetch("/api/v1/social-accounts", headers=BEARER) is None


def test_only_the_origin_that_is_allowed_can_read_the_api(browser: Browser, serve: Serve, foreign_port: int) -> None:
    mock = serve("--allow-origin", f"http://localhost:{foreign_port}")
    readable = {}
    for host in ("localhost", "127.0.0.1"):
        with browser.page() as page:
            page.goto(f"http://{host}:{foreign_port}")
            readable[host] = Foreign(page, mock).fetch("/api/v1/social-accounts?platform=x", headers=BEARER) is not None

    assert readable == {"localhost": True, "127.0.0.1": False}


def test_foreign_name_for_this_machine_does_not_reach_the_control_api(browser: Browser, mock: RunningMock) -> None:
    """The pages have the origin of the mock, so the browser itself blocks nothing."""
    change_world(mock)
    with browser.page() as page:
        page.goto(f"http://{REBOUND}:{urlsplit(mock.url).port}/api/v1/health")
        statuses = [
            page.evaluate(FETCH, [path, {"method": method}])["status"]
            for method, path in [
                ("POST", "/_mock/reset"),
                ("GET", "/_mock/state"),
                ("GET", "/_mock/openapi.json"),
                ("GET", "/docs/control"),
            ]
        ]

    assert statuses == [421, 421, 421, 421]
    assert is_untouched(mock)
