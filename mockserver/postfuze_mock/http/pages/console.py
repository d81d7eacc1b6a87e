"""The console at /_mock/: one page, and the files in `console/`, served as they are."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from postfuze_mock.settings import CONTROL_PATH

FOLDER = Path(__file__).with_name("console")
PAGE = f"{CONTROL_PATH}/"
#: Explicit, because machines differ in the media types that they register for a file extension.
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
ASSETS = {f"{PAGE}console/{file.name}": file for file in sorted(FOLDER.iterdir()) if file.suffix in MEDIA_TYPES}
PATHS = frozenset([CONTROL_PATH, PAGE, *ASSETS])


def routes() -> list[BaseRoute]:
    """The console's routes."""
    return [Route(CONTROL_PATH, _to_page), *(Route(path, _file) for path in (PAGE, *ASSETS))]


def _to_page(_request: Request) -> Response:
    return RedirectResponse(PAGE, status_code=307)


def _file(request: Request) -> Response:
    """The page or an asset. Browsers revalidate each file every time, so that no page mixes the files of two
    versions."""
    file = ASSETS.get(request.url.path, FOLDER / "index.html")
    media_type = MEDIA_TYPES.get(file.suffix, "text/html")
    return FileResponse(file, media_type=media_type, headers={"Cache-Control": "no-cache"})
