"""The routes below /connect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock.domain import redirects
from postfuze_mock.http.pages.consent import asking, rendering
from postfuze_mock.http.pages.headers import page_headers
from postfuze_mock.http.validation.accept import prefers_html
from postfuze_mock.problems import Problem
from postfuze_mock.records import Authorization
from postfuze_mock.worlds.connect import auth_urls, consent
from postfuze_mock.worlds.registry import Worlds

STYLE: Final = "/connect/consent.css"
_METHODS: Final = ("GET", "HEAD", "POST")

# Browsers hold a form to `form-action` through all redirects that follow, the application's own ones too. Nothing in
# our page can say where a form goes, so any place of the web may be the last one.
_HEADERS: Final = {**page_headers(form_action="'self' http: https:"), "Cache-Control": "no-store"}


def routes(worlds: Worlds) -> list[BaseRoute]:
    """The consent screen of each platform, for the connect attempts of `worlds`."""
    style = (Path(__file__).with_name("consent.css").read_text(encoding="utf-8") + rendering.brands()).encode()

    return [
        Route(STYLE, lambda _request: Response(style, media_type="text/css")),
        Route("/connect/{platform}", _Screen(worlds)),
    ]


class _Screen:
    """An application, for Starlette answers a wrong method of a mere function in plain text."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await _answer(self.worlds, request)
        except Problem as problem:
            if not prefers_html(request.headers.get("accept", "")):
                raise
            response = HTMLResponse(rendering.refusal(problem), problem.status, {**problem.headers, **_HEADERS})
        await response(scope, receive, send)


async def _answer(worlds: Worlds, request: Request) -> Response:
    platform = request.path_params["platform"]
    if platform not in PLATFORMS:
        raise Problem(404, f"There is no platform {platform!r:.40}.", rule="paths.unknown", code="not_found")
    if request.method not in _METHODS:
        allow = ", ".join(_METHODS)
        detail = f"{request.method} is not allowed here; allowed: {allow}."
        raise Problem(405, detail, rule="paths.method", code="method_not_allowed", headers={"Allow": allow})
    asked = await asking.read(request)
    world, started = auth_urls.opened(worlds, platform, asked.state)
    if asked.decision is not None and request.method != "HEAD":
        return _ended(request, started, consent.decide(world, started, asked.decision))
    if request.method == "POST":
        raise Problem(400, "decision is required.", rule="connect.decision", code="validation_failed")
    return HTMLResponse(rendering.screen(world, started, asked), headers=_HEADERS)


def _ended(request: Request, started: Authorization, outcome: Mapping[str, str]) -> Response:
    """To the application, or, where it did not say where that is, to whoever looks."""
    if started["redirect_uri"] is not None:
        # Checked when it was given, to be ASCII that needs no escape: it must arrive as it was written.
        return Response(None, 303, {"Location": redirects.with_outcome(started["redirect_uri"], outcome), **_HEADERS})
    if prefers_html(request.headers.get("accept", "")):
        return HTMLResponse(rendering.result(started, outcome), headers=_HEADERS)
    return Response(orjson.dumps(dict(outcome)), media_type="application/json", headers=_HEADERS)
