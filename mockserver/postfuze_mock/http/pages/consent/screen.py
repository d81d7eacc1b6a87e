"""The routes below /connect: read the request, decide, respond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, get_args
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock.domain import destinations
from postfuze_mock.http.pages.consent import rendering
from postfuze_mock.http.pages.headers import page_headers
from postfuze_mock.http.validation import body
from postfuze_mock.http.validation.accept import prefers_html
from postfuze_mock.problems import Problem
from postfuze_mock.records import Authorization
from postfuze_mock.worlds.connect import auth_urls, consent
from postfuze_mock.worlds.connect.consent import Decision, Kind
from postfuze_mock.worlds.registry import Worlds

FORM: Final = "application/x-www-form-urlencoded"
_METHODS: Final = ("GET", "HEAD", "POST")
#: How many pages the screen offers, and how many are approved, if the request does not say.
_OFFER: Final = 3
_APPROVED: Final = {"approve": 1, "expired": 2}
_KINDS: Final[dict[str, Kind]] = {kind: kind for kind in get_args(Kind)}
_MAX_FORM: Final = 1 << 16  # bytes

# Browsers apply `form-action` to all redirects that follow a form, including those of the application, so every web
# address must be allowed. That is safe, because no input decides where our forms go.
_HEADERS: Final = {**page_headers(form_action="'self' http: https:"), "Cache-Control": "no-store"}


def routes(worlds: Worlds) -> list[BaseRoute]:
    """The consent screen of each platform, for the connect attempts of `worlds`."""
    styles = rendering.styles().encode()
    return [
        Route("/connect/consent.css", lambda _request: Response(styles, media_type="text/css")),
        Route("/connect/{platform}", _Screen(worlds)),
    ]


class _Screen:
    """A class, because Starlette would refuse the wrong methods of a function in plain text."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await _respond(self.worlds, request)
        except Problem as problem:
            if not prefers_html(request.headers.get("accept", "")):
                raise
            response = HTMLResponse(rendering.refusal(problem), problem.status, {**problem.headers, **_HEADERS})
        await response(scope, receive, send)


async def _respond(worlds: Worlds, request: Request) -> Response:
    platform = request.path_params["platform"]
    if platform not in PLATFORMS:
        raise Problem(404, f"There is no platform {platform!r:.40}.", rule="paths.unknown", code="not_found")
    if request.method not in _METHODS:
        allow = ", ".join(_METHODS)
        detail = f"{request.method} is not allowed here; allowed: {allow}."
        raise Problem(405, detail, rule="paths.method", code="method_not_allowed", headers={"Allow": allow})
    parameters = _Parameters(parse_qsl(request.url.query, keep_blank_values=True) + await _form(request))
    offer, decision = parameters.number("offer"), parameters.decision()
    state = parameters.last("state") or ""

    def answer() -> Response:
        world, attempt = auth_urls.attempt(worlds, platform, state)
        if decision is not None and request.method != "HEAD":
            return _end(request, attempt, consent.decide(world, attempt, decision))
        if request.method == "POST":
            raise _bad_request("decision is required.")
        page = rendering.screen(world, attempt, state, _OFFER if offer is None else offer)
        return HTMLResponse(page, headers=_HEADERS)

    return await worlds.engine.run(answer, write=decision is not None)


def _end(request: Request, attempt: Authorization, outcome: Mapping[str, str]) -> Response:
    """A redirect to the application; the outcome itself if the attempt has no redirect URI."""
    if attempt["redirect_uri"] is not None:
        # Not escaped, because it must arrive as the application wrote it; the API checked that it is ASCII.
        return Response(
            None, 303, {"Location": destinations.with_outcome(attempt["redirect_uri"], outcome), **_HEADERS}
        )
    if prefers_html(request.headers.get("accept", "")):
        return HTMLResponse(rendering.result(attempt, outcome), headers=_HEADERS)
    return Response(orjson.dumps(dict(outcome)), media_type="application/json", headers=_HEADERS)


async def _form(request: Request) -> list[tuple[str, str]]:
    """The fields of a form that is posted. Raises problems: 400, 413, and 415 for a body that is not a form."""
    headers = dict(request.scope["headers"])
    if request.method != "POST" or not body.is_present(headers):
        return []
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        detail = f"The body must be sent with Content-Type: {FORM}, as a form is."
        acceptable = {"Accept": FORM}
        raise Problem(415, detail, rule="media-types.body", code="unsupported_media_type", headers=acceptable)
    content = await body.read(request.receive, headers, _MAX_FORM)
    try:
        return parse_qsl(content.decode("ascii"), keep_blank_values=True)
    except ValueError:  # too many fields, or not percent-encoded
        raise _bad_request("The body is not a valid form.") from None


class _Parameters(NamedTuple):
    """Query and form parameters. If one that takes a single value is repeated, the last value counts. Invalid values
    raise 400 problems."""

    pairs: Sequence[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def last(self, name: str) -> str | None:
        return next(iter(reversed(self.all(name))), None)

    def number(self, name: str) -> int | None:
        text = self.last(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text) <= consent.MAX_PAGES):
            raise _bad_request(f"{name} must be a whole number from 0 to {consent.MAX_PAGES}; it is {text!r:.40}.")
        return int(text)

    def decision(self) -> Decision | None:
        text, pages, ids = self.last("decision"), self.number("pages"), self.all("page")
        if text is None:
            return None
        kind = _KINDS.get(text)
        if kind is None:
            raise _bad_request(f"decision must be one of {', '.join(_KINDS)}; it is {text!r:.40}.")
        if pages is not None and ids:
            raise _bad_request("pages says how many, page says which: give one of them.")
        # The screen's form always sends an empty `page`, to distinguish "no page selected" from a missing parameter.
        page_ids = tuple(filter(None, ids)) if ids else None
        return Decision(kind, _APPROVED.get(kind, 0) if pages is None else pages, page_ids)


def _bad_request(detail: str) -> Problem:
    return Problem(400, detail, rule="connect.decision", code="validation_failed")
