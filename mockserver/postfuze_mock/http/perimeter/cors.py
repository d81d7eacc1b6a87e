"""Which web pages may call the API (CORS, as the Fetch standard has it). The levers take no part in it.

Starlette's middleware refuses preflights in plain text, some for their method alone, whose 405 a page then cannot read,
and says that answers vary where they do not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.settings import API_PATH

ALL = "*"
#: Every method, so that a page gets to read the 405 of one that a path lacks.
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
#: What a page may read beyond the few headers that it always may.
EXPOSED = "Retry-After, Allow, WWW-Authenticate, Preference-Applied"
MAX_AGE = "600"  # seconds that a browser remembers a preflight
_API = f"{API_PATH}/"
_SPECIFICATIONS = ("/openapi.json", "/openapi.yaml")
_REQUESTED_METHOD, _REQUESTED_HEADERS = "access-control-request-method", "access-control-request-headers"


class Cors:
    """Tells browsers that pages of `origins` (`*`: all) may read what `app` answers below the API's path, refusals
    included. Cookies take no part: keys are sent by those who have them."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)
        self.open = ALL in self.origins

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if not _is_of_api(scope["path"]) or (self.open and not _is_of_a_page(scope)):
            return self.app(scope, receive, send)
        return self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        allowed = self._allowed(headers.get("origin"))
        if allowed and scope["method"] == "OPTIONS" and _REQUESTED_METHOD in headers:
            await _preflight(allowed, headers.get(_REQUESTED_HEADERS))(scope, receive, send)
        else:
            await self.app(scope, receive, self._marking(allowed, send))

    def _allowed(self, origin: str | None) -> dict[str, str]:
        """The headers that allow a page of `origin` to read an answer, if it may."""
        if origin is None or not (self.open or origin in self.origins):
            return {}
        return {"Access-Control-Allow-Origin": origin if origin in self.origins else ALL}

    def _marking(self, allowed: dict[str, str], send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not self.open:  # a cache must not give one origin's answer to another
                    headers.add_vary_header("Origin")
                if allowed:
                    headers.update(allowed | {"Access-Control-Expose-Headers": EXPOSED})
            await send(message)

        return sending


def _preflight(allowed: dict[str, str], requested: str | None) -> Response:
    """Yes to any method and header: what the call itself is refused for, its own answer says."""
    headers = {
        **allowed,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Max-Age": MAX_AGE,
        "Vary": f"Origin, {_REQUESTED_HEADERS.title()}",
    }
    if requested is not None:
        headers["Access-Control-Allow-Headers"] = requested
    return Response(status_code=204, headers=headers)


def _is_of_api(path: str) -> bool:
    return path.startswith(_API) or path in _SPECIFICATIONS


def _is_of_a_page(scope: Scope) -> bool:
    return b"origin" in [name for name, _ in scope["headers"]]
