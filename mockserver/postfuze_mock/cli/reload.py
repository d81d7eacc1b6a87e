"""`--reload`: serves changed files without a restart. While a file is invalid, its last valid version stays in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_fixtures import world_file
from postfuze_mock.settings import Settings
from postfuze_mock.spec import load_bytes, source
from postfuze_mock.worlds.registry import Worlds

PAUSE = 0.25  # seconds between checks of the files
logger = logging.getLogger(__name__)


class Reload:
    """Serves the application that `build` returns, until a file changes, then one built from the changed files. Worlds
    and their data stay; a changed world file applies to worlds that are built or reset after that."""

    def __init__(self, build: Callable[..., ASGIApp], settings: Settings, worlds: Worlds) -> None:
        self.build = build
        self.app = build()
        self.settings = settings
        self.worlds = worlds
        self.files = [Path(str(source())), *([Path(settings.world)] if settings.world is not None else [])]
        self.stamps = self._stamps()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self.app(scope, receive, send)

    async def start(self) -> None:
        """Start watching the files."""
        self.task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching the files."""
        self.task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            stamps = self._stamps()
            if stamps != self.stamps:
                self.stamps = stamps
                self._reload()

    def _reload(self) -> None:
        try:
            if self.settings.world is not None:
                self.worlds.use_template(world_file.load(self.settings.world))
            self.app = self.build(specification=load_bytes())
        except Exception as error:  # noqa: BLE001 - a half-written file may cause any error
            logger.error("Not reloaded, the last valid files stay in use: %s", _in_one_line(error))  # noqa: TRY400
        else:
            logger.info("Reloaded %s.", ", ".join(path.name for path in self.files))

    def _stamps(self) -> list[tuple[float, int]]:
        return [_stamp(path) for path in self.files]


def _stamp(path: Path) -> tuple[float, int]:
    """Time of change and size of the file; zeros while it does not exist, as some editors replace files."""
    try:
        stat = path.stat()
    except OSError:
        return 0.0, 0
    return stat.st_mtime, stat.st_size


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
