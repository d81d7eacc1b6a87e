"""Keeps web pages that a developer happens to visit away from the levers.

A browser sends what a foreign page asks for, to loopback too. What gives such a call away: the page's origin, the
browser's own word that it comes from another site (Fetch Metadata), and, where the page's name was made to point here
(DNS rebinding), that name in the Host header. None of this can be forged by a page. That a page reads no answer follows
from the levers' answers never carrying a header of CORS.
"""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.destinations import Destination
from postfuze_mock.http.perimeter.access import HEALTH, Access, is_of_levers
from postfuze_mock.problems import Problem

_FOREIGN = frozenset({"cross-site", "same-site"})  # the same host at another port is one site, yet another origin


class Guard:
    """Lets only calls of the levers through that may be theirs: else 403, or 421 for a Host that is not ours."""

    def __init__(self, app: ASGIApp, *, access: Access) -> None:
        self.app = app
        self.access = access

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: str = scope["path"]
        if is_of_levers(path) and path != HEALTH:
            self._admit(scope)
        return self.app(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        at: str = (scope.get("server") or ("",))[0]
        refusal = self.access.refusal_at(at)
        if refusal is not None:
            raise Problem(403, refusal, rule="levers.refused", code="levers_refused")
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host, at):
            raise _misdirected(host)
        origin = headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host.lower():
            raise _foreign(f"The page's origin is {origin}")
        if headers.get("sec-fetch-site") in _FOREIGN and not _is_opened(scope["method"], headers):
            raise _foreign("The browser says that another site asks for this")

    def _is_ours(self, host: str, at: str) -> bool:
        """Whether `host` was not made to point here by others. The address `at` that was called points nowhere else."""
        called = _called(host)
        return called is not None and (self.access.hosts.permits(called.host, called.port) or called.host == at)


def _is_opened(method: str, headers: Headers) -> bool:
    """Whether somebody follows a link: the answer is theirs to see, and hidden from the page that had the link."""
    fetch = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return method == "GET" and fetch == ("navigate", "document")


def _called(host: str) -> Destination | None:
    """What a Host header names, if that can be."""
    try:
        return Destination.parse(f"http://{host}/")
    except ValueError:
        return None


def _misdirected(host: str) -> Problem:
    called = _called(host)
    detail = (
        f"The levers answer to loopback names alone, and Host was {host or 'missing'}. If that is a name of this "
        f"server, start it with --allow-host {called.host if called else 'NAME'}."
    )
    return Problem(421, detail, rule="levers.host", code="host_not_allowed")


def _foreign(reason: str) -> Problem:
    detail = f"{reason}: no page but the mock's own may call the levers. Call them from a test or a terminal."
    return Problem(403, detail, rule="levers.page", code="cross_site")
