"""`--control-port`: separates what the two listeners serve."""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.destinations import is_loopback
from postfuze_mock.http.pages import reference
from postfuze_mock.http.pages.console import PAGE as CONSOLE
from postfuze_mock.http.perimeter.access import HEALTH, is_control
from postfuze_mock.http.validation.accept import prefers_html
from postfuze_mock.problems import Problem
from postfuze_mock.settings import API_PATH

_SHARED = ("/docs/reference/", "/docs/shared/", reference.FACTS, HEALTH)  # the pages of both need these files


class Elsewhere(NamedTuple):
    """What the other listener serves, and its URL."""

    name: str
    url: str


class Listeners:
    """Serves the control API and its pages at the address `listener`, and everything else at the others.

    A call to the wrong listener gets a 404, or a redirect if a browser opens a page. Only callers on this machine learn
    the URL of the other one. The console may call only its own origin, so its calls of the API are served there too.
    """

    def __init__(self, app: ASGIApp, *, api: str, control: str, listener: tuple[str, int]) -> None:
        self.app = app
        self.api = Elsewhere("the API", api)
        self.control = Elsewhere("the control API", control)
        self.listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        is_control_port = tuple(scope.get("server") or ()) == self.listener
        if is_control_port and path == "/":
            await RedirectResponse(CONSOLE)(scope, receive, send)
        elif (
            path.startswith(_SHARED)
            or is_control(path) == is_control_port
            or (is_control_port and _is_from_console(scope))
        ):
            await self.app(scope, receive, send)
        else:
            await self._redirect(self.api if is_control_port else self.control, scope, receive, send)

    async def _redirect(self, other: Elsewhere, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"This port does not serve {other.name}"
        if not is_loopback((scope.get("client") or ("",))[0]):
            raise Problem(404, f"{detail}.", rule="ports.other", code="served_elsewhere")
        if not _is_page_view(scope):
            raise Problem(404, f"{detail}: call {other.url} instead.", rule="ports.other", code="served_elsewhere")
        query = scope["query_string"].decode("latin-1")
        await RedirectResponse(f"{other.url}{scope['path']}{query and '?'}{query}")(scope, receive, send)


def _is_from_console(scope: Scope) -> bool:
    same_origin = Headers(scope=scope).get("sec-fetch-site") == "same-origin"
    return same_origin and str(scope["path"]).startswith(f"{API_PATH}/")


def _is_page_view(scope: Scope) -> bool:
    """Whether a user opens this in a browser."""
    return scope["method"] == "GET" and prefers_html(Headers(scope=scope).get("accept", ""))
