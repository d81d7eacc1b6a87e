"""With `--control-port`: which of the two listeners serves what."""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.destinations import is_loopback
from postfuze_mock.http.accept import prefers_html
from postfuze_mock.http.access import HEALTH, is_of_levers
from postfuze_mock.http.pages.console import PAGE as CONSOLE
from postfuze_mock.problems import Problem
from postfuze_mock.settings import API_PATH

_SHARED = ("/docs/swagger-ui/", "/docs/assets/", HEALTH)  # what pages of both are made of


class Elsewhere(NamedTuple):
    """What the other listener serves, and where it is."""

    what: str
    url: str


class Listeners:
    """Serves the levers, their pages and nothing else at the address `control`, and all the rest elsewhere. Whoever is
    wrong gets told where to go, by 404 or, if a browser opens a page, by a redirect; where the levers are, only callers
    on this machine get told. The console may call only where it is, so what it asks of the API is answered there."""

    def __init__(self, app: ASGIApp, *, api: str, levers: str, control: tuple[str, int]) -> None:
        self.app = app
        self.api = Elsewhere("the API", api)
        self.levers = Elsewhere("the levers", levers)
        self.control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        here = tuple(scope.get("server") or ()) == self.control
        if here and path == "/":
            await RedirectResponse(CONSOLE)(scope, receive, send)
        elif path.startswith(_SHARED) or is_of_levers(path) == here or (here and _is_asked_by_console(scope)):
            await self.app(scope, receive, send)
        else:
            await self._away(self.api if here else self.levers, scope, receive, send)

    async def _away(self, other: Elsewhere, scope: Scope, receive: Receive, send: Send) -> None:
        what, url = other
        detail = f"This port does not serve {what}"
        if not is_loopback((scope.get("client") or ("",))[0]):
            raise Problem(404, f"{detail}.", rule="ports.other", code="served_elsewhere")
        if not _is_opened(scope):
            raise Problem(404, f"{detail}: call {url} instead.", rule="ports.other", code="served_elsewhere")
        query = scope["query_string"].decode("latin-1")
        await RedirectResponse(f"{url}{scope['path']}{query and '?'}{query}")(scope, receive, send)


def _is_asked_by_console(scope: Scope) -> bool:
    same_origin = Headers(scope=scope).get("sec-fetch-site") == "same-origin"
    return same_origin and str(scope["path"]).startswith(f"{API_PATH}/")


def _is_opened(scope: Scope) -> bool:
    """Whether a person opens this in a browser."""
    return scope["method"] == "GET" and prefers_html(Headers(scope=scope).get("accept", ""))
