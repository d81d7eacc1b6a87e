"""The console's files: media types, caching, unknown paths."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from tests.support.servers import RunningMock

from postfuze_mock.http.pages.console import ASSETS

MODULE = "/_mock/console/main.js"
STYLES = "/_mock/console/console.css"
ICON = "/_mock/shared/icon.svg"
KINDS = {"/_mock/": "text/html", MODULE: "text/javascript", STYLES: "text/css", ICON: "image/svg+xml"}


@pytest.mark.parametrize("path", KINDS)
def test_file_has_its_media_type_and_is_always_revalidated(server: RunningMock, path: str) -> None:
    response = server.request("GET", path, {})

    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == KINDS[path]
    assert response.headers["cache-control"] == "no-cache"


def test_every_script_is_served_and_imported(server: RunningMock) -> None:
    reached, ahead = set[str](), {MODULE}
    while ahead:
        path = ahead.pop()
        reached.add(path)
        text = server.request("GET", path, {}).raise_for_status().text
        ahead |= {urljoin(path, name) for name in re.findall(r'from "(\.{1,2}/[\w/.-]+\.js)"', text)} - reached

    # Of what all pages share, the console imports a part.
    assert {path for path in ASSETS if path.endswith(".js") and "/shared/" not in path} == {
        path for path in reached if "/shared/" not in path
    }


def test_path_of_the_control_api_leads_to_the_console(server: RunningMock) -> None:
    response = server.request("GET", "/_mock", {})

    assert (response.status_code, response.headers["location"]) == (307, "/_mock/")


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "", "../routes.py", "%2e%2e%2froutes.py", "main.js/"])
def test_unknown_console_file_gets_404(server: RunningMock, name: str) -> None:
    assert server.exchange(f"GET /_mock/console/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).status == 404


@pytest.mark.parametrize("path", ["/_mock", "/_mock/", MODULE, "/docs", "/openapi.json"])
def test_page_refuses_other_methods_with_the_allowed_ones(server: RunningMock, path: str) -> None:
    response = server.request("POST", path, {})

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}
