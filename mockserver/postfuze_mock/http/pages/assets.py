"""The files of a page: found in its folder once, and served as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

FOLDER = Path(__file__).parent
#: Explicit, because machines differ in the media types that they register for a file extension.
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
#: Browsers revalidate a file every time, so that no page mixes the files of two versions.
REVALIDATED = {"Cache-Control": "no-cache"}


def assets(prefix: str, *folders: str) -> dict[str, Path]:
    """The files of the `folders` beside this module by their path below `prefix`, which is as on the disk: so scripts
    import each other by the same relative paths in both places."""
    files = sorted(file for folder in folders for file in (FOLDER / folder).rglob("*"))
    return {f"{prefix}/{file.relative_to(FOLDER).as_posix()}": file for file in files if file.suffix in MEDIA_TYPES}


class Files(Route):
    """The route of `files`, by their paths: one for all of them, because each one takes time at every start."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        super().__init__("/{path:path}", lambda request: file_response(files[request.url.path]))
        self._files = files

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As for other routes, but only for the path of a file."""
        return super().matches(scope) if scope["path"] in self._files else (Match.NONE, {})


def file_response(file: Path) -> Response:
    """The file, which browsers revalidate every time."""
    return FileResponse(file, media_type=MEDIA_TYPES.get(file.suffix, "text/html"), headers=REVALIDATED)
