"""Ways to make a mock accept or refuse keys differently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.contracts.family.mock import NAME, Mock
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem

FULL: Final = f"sk_test_{NAME}"
Which = Callable[[Request], bool]


def header(request: Request) -> str:
    """The header of the key."""
    return request.headers.get("authorization", "")


def none(request: Request) -> bool:
    """Whether a request has no key."""
    return "authorization" not in request.headers


def malformed(request: Request) -> bool:
    """Whether the key of a request is malformed."""
    return not none(request) and not header(request).startswith("Bearer sk_")


def ending(suffix: str) -> Which:
    """Whether the key of a request ends with `suffix`."""
    return lambda request: header(request).endswith(suffix)


def accepting(mock: Mock, operation: str, which: Which) -> None:
    """Accept these keys as the full one."""
    mock.requests(operation, lambda request: request.with_key(FULL) if which(request) else request)


def refusing(mock: Mock, which: Which, change: Callable[[Response], Response]) -> None:
    """Refuse these keys with another response."""
    mock.responses(
        "*", lambda request, response: change(response) if response.status == 401 and which(request) else response
    )


def instead(status: int) -> Callable[[Response], Response]:
    """A refusal with another status."""
    return lambda response: response.with_body(
        {**response.json, **Problem(status, response.json["detail"]).document()}, status
    )


def detail(text: str | None) -> Callable[[Response], Response]:
    """A refusal with another detail."""
    return lambda response: response.with_body({**response.json, "detail": text})
