"""The headers of every page: it loads nothing from elsewhere, cannot be framed, and sends no referrer."""

from __future__ import annotations

import pytest
from tests.support.servers import RunningMock

PAGES = [
    "/docs",
    "/docs/control",
    "/docs/webhooks",
    "/docs/server.json",
    "/docs/reference/main.js",
    "/docs/shared/theme.css",
    "/openapi.json",
    "/openapi-3.1.yaml",
    "/_mock/openapi.yaml",
    "/_mock/",
    "/_mock/console/main.js",
    "/connect/consent.css",
]


def directives(server: RunningMock, path: str) -> dict[str, str]:
    header = server.request("GET", path, {}).headers["content-security-policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("path", PAGES)
def test_page_loads_and_runs_only_files_of_the_server(server: RunningMock, path: str) -> None:
    policy = directives(server, path)

    assert policy["default-src"] == "'none'"
    assert {policy[f"{kind}-src"] for kind in ("script", "style", "connect")} == {"'self'"}
    assert policy["base-uri"] == "'none'"


@pytest.mark.parametrize("path", PAGES)
def test_page_cannot_be_framed(server: RunningMock, path: str) -> None:
    assert directives(server, path)["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("path", PAGES)
def test_page_forbids_media_type_sniffing(server: RunningMock, path: str) -> None:
    assert server.request("GET", path, {}).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_page_sends_no_referrer(server: RunningMock, path: str) -> None:
    assert server.request("GET", path, {}).headers["referrer-policy"] == "no-referrer"


def test_response_of_the_api_has_no_headers_of_pages(server: RunningMock) -> None:
    assert "content-security-policy" not in server.request("GET", "/api/v1/health", {}).headers
