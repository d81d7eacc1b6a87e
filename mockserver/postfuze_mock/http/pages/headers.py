"""The headers of every page: they let a browser load and run only what this server ships.

`PageHeaders` adds them to all pages of `routes.py`; a page that needs other headers gets them from `page_headers()`.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = "Content-Security-Policy"
SELF = "'self'"

#: Scripts, styles, requests and forms go to this server alone. Nothing is inline, and no page can be framed.
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": SELF,
    "style-src": SELF,
    "img-src": SELF,
    "connect-src": SELF,
    "form-action": SELF,
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(**overrides: str) -> str:
    """The Content-Security-Policy of a page, with other sources for some directives: `policy(form_action="'self' …")`.
    Sources must not come from a request unchecked: a semicolon would begin another directive."""
    directives = DIRECTIVES | {name.replace("_", "-"): sources for name, sources in overrides.items()}
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def page_headers(**overrides: str) -> dict[str, str]:
    """All headers of a page; `overrides` as for `policy`."""
    return {CSP: policy(**overrides), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


_HEADERS: Sequence[tuple[str, str]] = tuple(page_headers().items())


class PageHeaders:
    """Adds the headers to every response of `app`, except those that a response already has."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS:
                    headers.setdefault(name, value)
                if "Accept-Ranges" in headers:  # Starlette's files offer them
                    headers["Accept-Ranges"] = "none"
            await send(message)

        await self.app(scope, receive, send_with_headers)
