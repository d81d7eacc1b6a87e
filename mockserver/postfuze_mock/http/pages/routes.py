"""The routes of the pages: the reference at /docs, the console at /_mock/, the specifications as files, and `/`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock import openapi_3_1
from postfuze_mock.http.pages import console, reference
from postfuze_mock.http.pages.headers import PageHeaders
from postfuze_mock.http.validation.accept import prefers_html
from postfuze_mock.problems import Problem

YAML = "application/yaml"
FORMATS = ("yaml", "json")


class Document:
    """A specification to serve: the YAML file's own bytes, and the same as JSON."""

    def __init__(self, source: bytes, document: dict[str, Any]) -> None:
        self.yaml = source
        self.json = orjson.dumps(document)


class Derived:
    """The OpenAPI 3.1 document for `document`, made when it is first asked for, because that takes 60 ms."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    @cached_property
    def yaml(self) -> bytes:
        return openapi_3_1.dumped(openapi_3_1.derived(self._document)).encode()

    @cached_property
    def json(self) -> bytes:
        return orjson.dumps(openapi_3_1.derived(self._document))


def files(documents: Iterable[str]) -> frozenset[str]:
    """The paths of all files: those of `documents`, and the console's. Some are below the path of an API."""
    return frozenset(f"{stem}.{format}" for stem in documents for format in FORMATS) | console.PATHS


def pages(
    documents: dict[str, Document | Derived],
    facts: reference.Facts,
    routes: Iterable[BaseRoute] = (),
) -> ASGIApp:
    """An application that serves the pages, and `routes` beside them. `documents` maps a path without its ending
    (`/openapi`) to its specification; `facts` are for the reference."""

    def specification(request: Request) -> Response:
        stem, _, format = request.url.path.rpartition(".")
        document = documents[stem]
        return Response(document.yaml, media_type=YAML) if format == "yaml" else _json(document.json)

    all_routes = [
        *routes,
        *console.routes(),
        *reference.routes(facts),
        *(Route(f"{stem}.{format}", specification) for stem in documents for format in FORMATS),
        Route("/", _root),
    ]
    return PageHeaders(_Pages(all_routes, default=_not_found, redirect_slashes=False))


class _Pages(Router):
    """Raises for a wrong method, which becomes a problem document; without `scope["app"]` Starlette responds in plain
    text. Ranges are ignored (RFC 9110, section 14.2): Starlette refuses some in plain text, and the files are short."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__(scope, receive, send)


def _root(request: Request) -> Response:
    """Sends a browser to the reference page, and a client to the specification."""
    html = prefers_html(request.headers.get("accept", ""))
    return RedirectResponse("/docs" if html else "/openapi.json", status_code=307)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _not_found(scope: Scope, _receive: Receive, _send: Send) -> None:
    detail = f"There is nothing at {scope['path']}: the API is below /api/v1, its reference at /docs."
    raise Problem(404, detail, rule="paths.unknown", code="not_found")
