"""The headers that every page carries: a browser loads and runs for it what this server ships, and nothing else.

Pages below `http/pages/routes.py` get them by being there; a page that is answered elsewhere takes `page_headers()`.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = "Content-Security-Policy"
SELF = "'self'"

#: What a page may do: its scripts, styles and calls are files and paths of this server; Swagger UI draws its icons from
#: `data:`. Nothing is inline, nobody frames it, and a form goes nowhere else.
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": SELF,
    "style-src": SELF,
    "img-src": f"{SELF} data:",
    "connect-src": SELF,
    "form-action": SELF,
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(**changed: str) -> str:
    """The Content-Security-Policy of a page, with some directives changed: `policy(form_action="'self' https://…")`.
    Whatever stands in one must not come from a request unchecked: a semicolon would begin the next."""
    directives = DIRECTIVES | {name.replace("_", "-"): sources for name, sources in changed.items()}
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def page_headers(**changed: str) -> dict[str, str]:
    """All headers of a page; `changed` as for `policy`."""
    return {CSP: policy(**changed), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


_HEADERS: Sequence[tuple[str, str]] = tuple(page_headers().items())


class PageHeaders:
    """Puts the headers on every answer of `app`, except where the answer brings its own of that name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS:
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, sending)
