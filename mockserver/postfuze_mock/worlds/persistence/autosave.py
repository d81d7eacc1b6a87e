"""`--state-file`: writes the worlds to a file after changes and when the server stops."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from postfuze_mock.worlds.persistence import state_file
from postfuze_mock.worlds.persistence.file_lock import StateFileError, lock
from postfuze_mock.worlds.registry import Worlds

PAUSE = 2.0  # seconds between checks of the worlds
logger = logging.getLogger(__name__)


class Autosave:
    """Saves `worlds` in the file at `path`. The constructor restores them from the file; it raises StateFileError, and
    leaves the file unchanged, if that fails."""

    def __init__(self, worlds: Worlds, path: Path, check: state_file.Check) -> None:
        self.worlds = worlds
        self.path = path.resolve()  # replace the target of a link, not the link
        self._lock = lock(self.path)
        try:
            self._restore(check)
        except StateFileError:
            self._lock.close()
            raise
        self._saved_stamps = {world.name: state_file.stamp(world) for world in worlds}
        self._failing = False

    async def start(self) -> None:
        """Write changes from now on."""
        self._ending = asyncio.Event()
        self._saving = asyncio.create_task(self._save_repeatedly())

    async def stop(self) -> None:
        """Write the last changes."""
        self._ending.set()
        await self._saving
        await self.save()
        self.close()

    def close(self) -> None:
        """Release the file."""
        self._lock.close()

    async def _save_repeatedly(self) -> None:
        pause = PAUSE
        while not await self._ends_within(pause):
            before = time.monotonic()
            await self.save()
            pause = max(PAUSE, 10 * (time.monotonic() - before))  # large worlds must not keep the disk busy

    async def _ends_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._ending.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def save(self) -> None:
        """Write all worlds if one has changed. Each is copied at one moment, and requests are served between two
        copies; another thread does the slow part."""
        stamps, copies = {}, []
        for world in list(self.worlds):
            stamps[world.name] = state_file.stamp(world)
            await asyncio.sleep(0)
        if stamps == self._saved_stamps:
            return
        for world in list(self.worlds):
            copies.append(state_file.copy(world))
            await asyncio.sleep(0)
        try:
            await asyncio.to_thread(state_file.write, self.path, copies)
        except OSError as error:
            if not self._failing:
                logger.error("The state file %s is not written: %s.", self.path, error.strerror or error)  # noqa: TRY400
            self._failing = True
        else:
            if self._failing:
                logger.info("The state file %s is written again.", self.path)
            self._saved_stamps, self._failing = stamps, False

    def _restore(self, check: state_file.Check) -> None:
        entries = state_file.read(self.path, check)
        for name, entry in entries.items():
            try:
                state_file.restore(self.worlds, name, entry)
            except ValueError as error:
                raise StateFileError(f"{self.path} is a broken state file: world {name}: {error}") from error
        if entries:
            logger.info("Restored %d worlds from %s.", len(entries), self.path)
