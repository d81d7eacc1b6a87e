"""The reference at /docs: a page for each specification, and the files that they share.

A page knows the root of what it belongs to, so a static site has the same pages at any place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from postfuze_mock.http.pages import assets

#: The pages by their path, with what each describes.
PAGES: Final = {"/docs": "api", "/docs/control": "control", "/docs/webhooks": "webhooks"}
#: What the server tells the pages about itself. A static site has the file too, with null for all that it lacks.
FACTS: Final = "/docs/server.json"
ASSETS: Final = assets.assets("/docs", "reference", "shared")


def page(root: str, document: str) -> str:
    """The page of `document` (`api`, `control` or `webhooks`). All that it loads is below `root`: `/`, or relative to
    the page, as in `../`."""
    template = Template((assets.FOLDER / "reference" / "index.html").read_text(encoding="utf-8"))
    return template.substitute(root=root, document=document)


def files() -> dict[str, Path]:
    """The files of the pages, by their path below the root: `docs/reference/main.js`."""
    return {path.removeprefix("/"): file for path, file in ASSETS.items()}


#: Returns what is in the file `FACTS`, for a request.
Facts = Callable[[Request], Awaitable[dict[str, object]]]


def routes(facts: Facts) -> list[BaseRoute]:
    """The routes of the reference. `facts` returns what is in `FACTS`, for a request."""

    def respond(request: Request) -> Response:
        return HTMLResponse(page("/", PAGES[request.url.path]), headers=assets.REVALIDATED)

    async def respond_facts(request: Request) -> Response:
        return JSONResponse(await facts(request), headers=assets.REVALIDATED)

    return [*(Route(path, respond) for path in PAGES), Route(FACTS, respond_facts), assets.Files(ASSETS)]
