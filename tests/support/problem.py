"""What every refusal must be: an RFC 9457 problem document as the documentation describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.support import schemas

PHRASES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}
"""RFC 9110, section 15, and RFC 6585: the only statuses that the mock refuses with."""


def check(status: int, headers: Mapping[str, str], problem: Any) -> None:
    """Fail unless a refusal of `status` has the documented form."""
    assert headers["content-type"] == "application/problem+json"
    schemas.check("Problem", problem)
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"] == PHRASES[status]
    assert set(problem) <= {"type", "title", "status", "detail", "code", "errors"}
