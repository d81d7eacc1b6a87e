"""The console's files: each is what it says, none is kept by a browser unasked, and nothing else is below them."""

from __future__ import annotations

import re

import pytest
from tests.mockserver.http.server import Server

MODULE = "/_mock/console/main.js"
STYLES = "/_mock/console/console.css"
ICON = "/_mock/console/icon.svg"
KINDS = {"/_mock/": "text/html", MODULE: "text/javascript", STYLES: "text/css", ICON: "image/svg+xml"}


@pytest.mark.parametrize("path", KINDS)
def test_file_is_what_it_says_and_asked_for_each_time(server: Server, path: str) -> None:
    answer = server.request("GET", path, {})

    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == KINDS[path]
    assert answer.headers["cache-control"] == "no-cache"


def test_every_module_that_one_imports_is_served(server: Server) -> None:
    seen, ahead = set[str](), {MODULE}
    while ahead:
        path = ahead.pop()
        seen.add(path)
        text = server.request("GET", path, {}).raise_for_status().text
        ahead |= {f"/_mock/console/{name}" for name in re.findall(r'from "\./(\w+\.js)"', text)} - seen

    assert len(seen) > 20


def test_levers_address_leads_to_the_console(server: Server) -> None:
    answer = server.request("GET", "/_mock", {})

    assert (answer.status_code, answer.headers["location"]) == (307, "/_mock/")


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "", "../routes.py", "%2e%2e%2froutes.py", "main.js/"])
def test_what_is_no_file_of_the_console_is_404(server: Server, name: str) -> None:
    assert server.exchange(f"GET /_mock/console/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).status == 404


@pytest.mark.parametrize("path", ["/_mock", "/_mock/", MODULE, "/docs", "/openapi.json"])
def test_page_takes_no_other_method_and_says_which_it_takes(server: Server, path: str) -> None:
    answer = server.request("POST", path, {})

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
