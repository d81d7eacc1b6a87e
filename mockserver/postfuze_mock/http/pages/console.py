"""The console at /_mock/: one page, and its files."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from postfuze_mock.http.pages import assets
from postfuze_mock.settings import CONTROL_PATH

PAGE = f"{CONTROL_PATH}/"
ASSETS = assets.assets(CONTROL_PATH, "console", "shared")
PATHS = frozenset([CONTROL_PATH, PAGE, *ASSETS])


def routes() -> list[BaseRoute]:
    """The console's routes."""
    return [Route(CONTROL_PATH, _to_page), Route(PAGE, _page), assets.Files(ASSETS)]


def _to_page(_request: Request) -> Response:
    return RedirectResponse(PAGE, status_code=307)


def _page(_request: Request) -> Response:
    return assets.file_response(assets.FOLDER / "console" / "index.html")
