"""Correct: without the operations that only the pages around describe."""

from __future__ import annotations

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import CONTENT_TYPE, Problem

SERVICE, AUTH_URL = "getServiceHealth", "createAuthUrl"


def lacking(
    mock: Mock, *operations: str, status: int = 404, detail: str | None = "Cannot {request.method} {request.path}"
) -> None:
    """Let these operations, and all unknown paths, answer the same problem document. Without `/health` nothing can say
    that unknown keys are accepted, so they are refused."""
    if SERVICE in operations:
        mock.refuse_unknown_keys()

    def change(request: Request, response: Response) -> Response:
        if request.operation in operations or (not request.operation and response.status == 404):
            text = None if detail is None else detail.format(request=request)
            return Response.of(status, Problem(status, text).document(), CONTENT_TYPE)
        return response

    mock.responses("*", change)


@correct("there is no /health")
def no_service_health(mock: Mock) -> None:
    lacking(mock, SERVICE)


@correct("there is no auth URL")
def no_auth_url(mock: Mock) -> None:
    lacking(mock, AUTH_URL)


@correct("there is neither /health nor an auth URL, and errors say nothing of the request")
def neither(mock: Mock) -> None:
    lacking(mock, SERVICE, AUTH_URL, detail=None)


@correct("there is neither /health nor an auth URL, and unknown paths are refused methods")
def refused_methods(mock: Mock) -> None:
    lacking(mock, SERVICE, AUTH_URL, status=405)


@correct("there is no /health, and every call of an unknown path needs a key")
def key_first(mock: Mock) -> None:
    lacking(mock, SERVICE)
    refused = Response.of(401, Problem(401, "Invalid or expired API key.").document(), CONTENT_TYPE)
    mock.responses(
        "*",
        lambda request, response: (
            refused if request.operation in ("", SERVICE) and "authorization" not in request.headers else response
        ),
    )
