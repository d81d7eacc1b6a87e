"""Keeps foreign web pages that a developer happens to visit away from the control API.

A browser sends the requests of a foreign page to loopback too. Three headers, which no page can forge, reveal them: the
page's origin; Fetch Metadata, which says that the request comes from another site; and Host, where the page's own name
was made to resolve to this machine (DNS rebinding). A page cannot read responses either, because those of the control
API carry no CORS headers.
"""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.destinations import Destination, is_address
from postfuze_mock.http.perimeter.access import HEALTH, Access, is_control
from postfuze_mock.problems import Problem

_FOREIGN = frozenset({"cross-site", "same-site"})  # same-site includes other ports of this host: other origins


class Guard:
    """Refuses calls of the control API that a foreign page may have caused: 403, or 421 for a foreign Host."""

    def __init__(self, app: ASGIApp, *, access: Access) -> None:
        self.app = app
        self.access = access

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: str = scope["path"]
        if is_control(path) and path != HEALTH:
            self._admit(scope)
        return self.app(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        address: str = (scope.get("server") or ("",))[0]
        refusal = self.access.refusal_at(address)
        if refusal is not None:
            raise Problem(403, refusal, rule="control.refused", code="control_refused")
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host, address):
            raise _misdirected(host)
        origin = headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host.lower():
            raise _foreign(f"The page's origin is {origin}")
        if headers.get("sec-fetch-site") in _FOREIGN and not _is_navigation(scope["method"], headers):
            raise _foreign("The browser says that the request comes from another site")

    def _is_ours(self, host: str, address: str) -> bool:
        """Whether `host` cannot come from DNS rebinding: it is an allowed name, or the `address` that the call came in
        at. If the control API is for networks, so are all addresses, and names without a dot: a container's, which a
        page's name never is."""
        name = _parse_host(host)
        if name is None:
            return False
        is_local = self.access.is_for_networks and ("." not in name.host or is_address(name.host))
        return is_local or self.access.hosts.permits(name.host, name.port) or name.host == address


def _is_navigation(method: str, headers: Headers) -> bool:
    """Whether the user follows a link: the user may see the response, and the page with the link cannot."""
    fetch = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return method == "GET" and fetch == ("navigate", "document")


def _parse_host(host: str) -> Destination | None:
    """The host and port in a Host header, or None if it is invalid."""
    try:
        return Destination.parse(f"http://{host}/")
    except ValueError:
        return None


def _misdirected(host: str) -> Problem:
    name = _parse_host(host)
    detail = (
        f"The control API responds only to loopback names, and Host was {host or 'missing'}. If that is a name of this "
        f"server, start it with --allow-host {name.host if name else 'NAME'}."
    )
    return Problem(421, detail, rule="control.host", code="host_not_allowed")


def _foreign(reason: str) -> Problem:
    detail = f"{reason}: only the mock's own pages may call the control API. Call it from a test or a terminal."
    return Problem(403, detail, rule="control.page", code="cross_site")
