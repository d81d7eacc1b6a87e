"""What a foreign web page that a developer happens to visit can do to the mock, in a real browser: read the API, where
it may, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from tests.e2e.browser import REBOUND, Browser
from tests.e2e.conftest import Start
from tests.support.processes import MockProcess

ACCOUNT = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
BEARER = {"Authorization": "Bearer sk_live_demo"}

FETCH = """([url, options]) => fetch(url, options).then(
    async (answer) => ({type: answer.type, status: answer.status, text: await answer.text()}), () => null)"""
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
    """A foreign page, and the answers that the mock gave it, as `METHOD path status`."""

    page: Page
    mock: MockProcess
    answers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda answer: self._note(answer.request.method, answer.url, answer.status))

    def _note(self, method: str, url: str, status: int) -> None:
        if url.startswith(self.mock.url):
            self.answers.append(f"{method} {urlsplit(url).path} {status}")

    def fetch(self, path: str, **options: object) -> dict[str, object] | None:
        """The answer as far as the page may see it; None where it may not."""
        answer: dict[str, object] | None = self.page.evaluate(FETCH, [f"{self.mock.url}{path}", options])
        return answer

    def load(self, tag: str, path: str) -> str:
        """What becomes of an element that takes the path for its source."""
        return str(self.page.evaluate(LOAD, [tag, f"{self.mock.url}{path}"]))


class _Blank(BaseHTTPRequestHandler):
    """An empty page at every path."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Foreign</title><body></body>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def foreign_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture(params=["127.0.0.1", "localhost", REBOUND])
def foreign(
    request: pytest.FixtureRequest, browser: Browser, mock: MockProcess, foreign_port: int
) -> Iterator[Foreign]:
    """A page at another port: of the mock's own host, of another site, and of a name that points here."""
    levers = mock.mock("demo")
    levers.reset()
    levers.patch_account(ACCOUNT, username="kept")
    with browser.page() as page:
        page.goto(f"http://{request.param}:{foreign_port}")
        yield Foreign(page, mock)


def nothing_changed(mock: MockProcess) -> bool:
    """Whether the world still is as it was before the page was opened: a reset would have undone the change."""
    account = mock.caller("sk_live_demo").get(f"/social-accounts/{ACCOUNT}").json
    return bool(account["username"] == "kept")


def test_simple_fetch_resets_nothing(foreign: Foreign) -> None:
    foreign.fetch("/_mock/reset", method="POST", mode="no-cors")
    foreign.fetch("/_mock/reset?all=true", method="POST", mode="no-cors", body="{}")

    assert foreign.answers == ["POST /_mock/reset 403", "POST /_mock/reset 403"]
    assert nothing_changed(foreign.mock)


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_fetch_that_asks_before_is_not_allowed(foreign: Foreign, method: str) -> None:
    path = "/_mock/reset" if method == "POST" else f"/_mock/accounts/{ACCOUNT}"
    headers = {**BEARER, "Content-Type": "application/json"}

    assert foreign.fetch(path, method=method, headers=headers, body='{"username": "changed"}') is None
    assert nothing_changed(foreign.mock)


@pytest.mark.parametrize("type", ["application/x-www-form-urlencoded", "text/plain"])
def test_form_resets_nothing(foreign: Foreign, type: str) -> None:
    url = f"{foreign.mock.url}/_mock/reset"
    with foreign.page.expect_response(url) as answer:
        foreign.page.evaluate(FORM, [url, type])

    assert answer.value.status == 403
    assert nothing_changed(foreign.mock)


@pytest.mark.parametrize("tag", ["img", "script"])
def test_element_loads_nothing_of_the_levers(foreign: Foreign, tag: str) -> None:
    for path in ("/_mock/state", "/_mock/reset"):
        with foreign.page.expect_request(f"{foreign.mock.url}{path}"):
            assert foreign.load(tag, path) == "failed"

    assert nothing_changed(foreign.mock)


def test_frame_shows_nothing_of_the_levers(foreign: Foreign) -> None:
    foreign.load("iframe", "/_mock/state")

    assert foreign.answers == ["GET /_mock/state 403"]


def test_nothing_of_the_levers_can_be_read(foreign: Foreign) -> None:
    paths = ("/_mock/state", "/_mock/openapi.json", "/_mock/health", "/docs/control", "/_mock/")

    assert [path for path in paths if foreign.fetch(path) is not None] == []


def test_api_can_be_read(foreign: Foreign) -> None:
    answer = foreign.fetch(f"/api/v1/social-accounts/{ACCOUNT}", headers=BEARER)

    assert answer is not None
    assert (answer["type"], answer["status"]) == ("cors", 200)
    assert '"username":"kept"' in str(answer["text"])


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "social-accounts", 401), ("DELETE", "health", 405)])
def test_refusal_of_the_api_can_be_read(foreign: Foreign, method: str, path: str, status: int) -> None:
    answer = foreign.fetch(f"/api/v1/{path}", method=method)

    assert answer is not None
    assert answer["status"] == status


def test_page_of_the_mock_cannot_be_framed(foreign: Foreign) -> None:
    foreign.page.on("console", lambda message: foreign.answers.append(message.text))
    foreign.load("iframe", "/docs")

    assert any("frame-ancestors" in each for each in foreign.answers)
    assert foreign.page.frames[1].locator("#operations").count() == 0


def test_link_to_the_reference_of_the_levers_can_be_followed(foreign: Foreign) -> None:
    foreign.page.evaluate("url => location.assign(url)", f"{foreign.mock.url}/docs/control")
    foreign.page.wait_for_url(f"{foreign.mock.url}/docs/control")

    foreign.page.locator(".opblock").first.wait_for()


def test_api_cannot_be_read_where_no_origin_is_allowed(browser: Browser, start: Start, foreign_port: int) -> None:
    mock = start("--allow-origin", "none")
    with browser.page() as page:
        page.goto(f"http://localhost:{foreign_port}")
        foreign = Foreign(page, mock)

        assert foreign.fetch("/api/v1/health") is None
        assert foreign.fetch("/api/v1/social-accounts", headers=BEARER) is None


def test_only_the_origin_that_is_allowed_can_read_the_api(browser: Browser, start: Start, foreign_port: int) -> None:
    mock = start("--allow-origin", f"http://localhost:{foreign_port}")
    seen = {}
    for host in ("localhost", "127.0.0.1"):
        with browser.page() as page:
            page.goto(f"http://{host}:{foreign_port}")
            seen[host] = Foreign(page, mock).fetch("/api/v1/social-accounts?platform=x", headers=BEARER) is not None

    assert seen == {"localhost": True, "127.0.0.1": False}


def test_name_that_points_here_reaches_no_lever_though_the_page_is_of_one_origin_with_it(
    browser: Browser, mock: MockProcess
) -> None:
    levers = mock.mock("demo")
    levers.reset()
    levers.patch_account(ACCOUNT, username="kept")
    rebound = f"http://{REBOUND}:{urlsplit(mock.url).port}"
    with browser.page() as page:
        page.goto(f"{rebound}/api/v1/health")
        answers = [
            page.evaluate(FETCH, [path, options])
            for path, options in [
                ("/_mock/reset", {"method": "POST"}),
                ("/_mock/state", {}),
                ("/_mock/openapi.json", {}),
                ("/docs/control", {}),
            ]
        ]

    assert [answer["status"] for answer in answers] == [421, 421, 421, 421]
    assert nothing_changed(mock)
