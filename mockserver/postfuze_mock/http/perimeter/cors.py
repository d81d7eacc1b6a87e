"""Which web pages may call the API (CORS, as the Fetch standard defines it). The control API has no CORS.

Starlette's middleware refuses preflights in plain text (some only for their method, so that a page cannot read the 405)
and sends `Vary` where responses do not vary.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.settings import API_PATH

ALL = "*"
#: Every method, so that a page can read the 405 of a path that lacks one.
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
#: The headers that pages may read, besides those that they always may.
EXPOSED = "Retry-After, Allow, WWW-Authenticate, Preference-Applied, X-Unknown-Keys"
MAX_AGE = "600"  # seconds that a browser remembers a preflight
_API = f"{API_PATH}/"
_SPECIFICATIONS = frozenset(f"/openapi{version}.{format}" for version in ("", "-3.1") for format in ("json", "yaml"))
_REQUESTED_METHOD, _REQUESTED_HEADERS = "access-control-request-method", "access-control-request-headers"


class Cors:
    """Tells browsers that pages of `origins` (`*`: all) may read the responses below the API's path, refusals included.
    Credentials are never allowed: the API uses keys, which a page sends itself, not cookies."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)
        self.open = ALL in self.origins

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if not _is_api(scope["path"]) or (self.open and not _is_from_page(scope)):
            return self.app(scope, receive, send)
        return self._respond(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        permission = self._permission(headers.get("origin"))
        if permission and scope["method"] == "OPTIONS" and _REQUESTED_METHOD in headers:
            await _preflight(permission, headers.get(_REQUESTED_HEADERS))(scope, receive, send)
        else:
            await self.app(scope, receive, self._with_headers(permission, send))

    def _permission(self, origin: str | None) -> dict[str, str]:
        """The headers that let a page of `origin` read the response; empty if it may not."""
        if origin is None or not (self.open or origin in self.origins):
            return {}
        return {"Access-Control-Allow-Origin": origin if origin in self.origins else ALL}

    def _with_headers(self, permission: dict[str, str], send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not self.open:  # a cache must not serve one origin's response to another
                    headers.add_vary_header("Origin")
                if permission:
                    headers.update(permission | {"Access-Control-Expose-Headers": EXPOSED})
            await send(message)

        return send_with_headers


def _preflight(permission: dict[str, str], requested_headers: str | None) -> Response:
    """Allows any method and header; if the call itself is refused, its own response says why."""
    headers = {
        **permission,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Max-Age": MAX_AGE,
        "Vary": f"Origin, {_REQUESTED_HEADERS.title()}",
    }
    if requested_headers is not None:
        headers["Access-Control-Allow-Headers"] = requested_headers
    return Response(status_code=204, headers=headers)


def _is_api(path: str) -> bool:
    return path.startswith(_API) or path in _SPECIFICATIONS


def _is_from_page(scope: Scope) -> bool:
    return b"origin" in [name for name, _ in scope["headers"]]
