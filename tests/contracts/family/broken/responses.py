"""Broken, where pinned: successful responses of another media type."""

from __future__ import annotations

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response


def _announcing(mock: Mock, operation: str, media_type: str | None) -> None:
    """Announce the successes of an operation as this type; None for no type."""

    def change(_: Request, response: Response) -> Response:
        others = {name: value for name, value in response.headers.items() if name != "content-type"}
        headers = others if media_type is None else {**others, "content-type": media_type}
        return Response(response.status, headers, response.body) if response.status == 200 else response

    mock.responses(operation, change)


@broken("responses.media-type", "lists are announced as plain text")
def text_lists(mock: Mock) -> None:
    _announcing(mock, "listSocialAccounts", "text/plain; charset=utf-8")


@broken("responses.media-type", "an account has no media type")
def untyped_account(mock: Mock) -> None:
    _announcing(mock, "getSocialAccount", None)


@broken("responses.media-type", "metrics are announced as JSON of another kind")
def other_json(mock: Mock) -> None:
    _announcing(mock, "getSocialAccountMetrics", "text/json")


@broken("responses.media-type", "an account's health is announced as plain text")
def text_health(mock: Mock) -> None:
    _announcing(mock, "getSocialAccountHealth", "text/plain")


@broken("responses.media-type", "the pages of a session are announced as plain text")
def text_pages(mock: Mock) -> None:
    _announcing(mock, "listPendingPages", "text/plain")


@broken("responses.media-type", "connected accounts have no media type")
def untyped_connection(mock: Mock) -> None:
    _announcing(mock, "finalizeConnection", None)


@broken("responses.media-type", "what was disconnected is announced as plain text")
def text_deletion(mock: Mock) -> None:
    _announcing(mock, "deleteSocialAccount", "text/plain")


@broken("responses.media-type", "an auth URL is announced as plain text")
def text_auth_url(mock: Mock) -> None:
    _announcing(mock, "createAuthUrl", "text/plain")


@broken("responses.media-type", "the service's health is announced as plain text")
def text_service(mock: Mock) -> None:
    _announcing(mock, "getServiceHealth", "text/plain")
