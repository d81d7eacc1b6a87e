"""Ranges are ignored, as RFC 9110, section 14.2, allows: a page or a file comes whole."""

from __future__ import annotations

import pytest
from tests.support.servers import RunningMock

RANGES = [
    "bytes=0-5",
    "bytes=-5",
    "bytes=99999999-",
    "bytes=0-1,3-4",
    f"bytes={'0-,' * 10_000}",
    "lines=1-2",
    "nonsense",
]
FILES = ["/docs", "/docs/reference/layout.css", "/docs/server.json", "/openapi.yaml", "/_mock/"]


@pytest.mark.parametrize("path", FILES)
def test_range_is_ignored(server: RunningMock, path: str) -> None:
    whole = server.request("GET", path, {})
    for each in RANGES:
        response = server.request("GET", path, {"Range": each})
        assert (response.status_code, response.content) == (200, whole.content), each[:40]

    assert whole.headers.get("accept-ranges", "none") == "none"


def test_range_does_not_hide_that_a_file_is_missing(server: RunningMock) -> None:
    for path in ("/docs/reference/none.css", "/docs/reference/%00", "/docs/reference/" + "x" * 5000, "/docs/nothing"):
        assert server.request("GET", path, {"Range": "bytes=0-5"}).status_code == 404, path[:40]
