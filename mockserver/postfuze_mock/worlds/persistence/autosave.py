"""`--state-file`: writes the worlds to a file soon after changes, and when the server stops.

A killed server loses at most the changes of the last second that it has answered: saves follow each other so closely
that each change is saved by then, and where they are too slow or too late for that, answers wait for them. With `sync`
"always" they always do.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from postfuze_mock.setting_values import StateFileSync
from postfuze_mock.worlds.persistence import atomic_file, state_file
from postfuze_mock.worlds.persistence.file_lock import StateFileError, lock
from postfuze_mock.worlds.persistence.group_commit import GroupCommit
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

#: Seconds from a change to the end of the save that has it: a save that has just missed it, a pause, and its own.
WITHIN: Final = 0.95
PAUSE: Final = 0.4  # seconds between two saves, if they are quick
MIN_PAUSE: Final = 0.1
#: How long (seconds) a save may take.
QUICK: Final = (WITHIN - MIN_PAUSE) / 2
#: Seconds after which a save that is not over is late: those of the longest pause, and of a save that allows it.
LATE: Final = PAUSE + (WITHIN - PAUSE) / 2
#: How long (seconds) an account takes at least: a save of very many accounts is known to be slow before it starts.
PER_ACCOUNT: Final = 2e-6
_WORLDS_AT_ONCE: Final = 100  # worlds that are looked at before requests are served
logger = logging.getLogger(__name__)


class Autosave:
    """Saves `worlds` in the file at `path`. The constructor restores them from the file; it raises StateFileError, and
    leaves the file unchanged, if that fails."""

    def __init__(self, worlds: Worlds, path: Path, check: state_file.Check, sync: StateFileSync = "interval") -> None:
        self.worlds = worlds
        self.path, self._lock = _claimed(path)
        self.sync = sync
        try:
            self._restore(check)
        except StateFileError:
            self._lock.close()
            raise
        self._saved = {world.name: world.revision() for world in worlds}
        self._noticed = dict(self._saved)
        self._written: state_file.Written | None = None
        self._commits = GroupCommit()
        self._duration = 0.0  # seconds that a save takes
        self._safe_until = 0.0  # what was changed before this moment is saved
        self._error: OSError | None = None
        self._saving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Write changes from now on."""
        self._ending = False
        self._safe_until = time.monotonic()
        self._wake = asyncio.Event()
        self._saving = asyncio.create_task(self._save_repeatedly())

    async def stop(self) -> None:
        """Write the last changes. Raises StateFileError if they are lost."""
        if self._saving is not None:
            self._ending = True
            self._wake.set()
            await self._saving
        await self.save()
        self.close()
        if self._error is not None:
            raise StateFileError(f"The last changes are lost: {self.path} cannot be written: {_reason(self._error)}.")

    def close(self) -> None:
        """Release the file."""
        self._lock.close()

    @property
    def holds_answers(self) -> bool:
        """Whether answers to calls that change something must wait until the change is saved."""
        if self._saving is None or self.sync == "always":
            return self._saving is not None
        late = time.monotonic() - self._safe_until > LATE
        return self._error is None and (self._duration > QUICK or late)

    @property
    def noticed(self) -> int:
        """How many changes were noticed so far."""
        return self._commits.count

    def notice(self, worlds: Iterable[World]) -> None:
        """Look for changes of `worlds` that were not noticed yet."""
        for world in worlds:
            revision = world.revision()
            if revision not in (self._noticed.get(world.name), self._saved.get(world.name)):
                self._noticed[world.name] = revision
                self._commits.count += 1

    async def committed(self) -> None:
        """Wait until all noticed changes are saved. Raises OSError if they cannot be, and `sync` is "always"."""
        self._wake.set()
        try:
            await self._commits.committed()
        except OSError:
            if self.sync == "always":
                raise

    async def save(self) -> None:
        """Write all worlds if one has changed; the log says once if that fails, and once if it works again."""
        count, begin, error = self._commits.count, time.monotonic(), None
        try:
            await self._save_changes()
        except OSError as failure:
            error = failure
            if self._error is None:
                logger.error("The state file %s is not written: %s.", self.path, _reason(error))  # noqa: TRY400
        except Exception as bug:
            error = OSError(f"the mock has a bug: {bug!r}")
            logger.exception("The mock failed to write the state file.")
        if error is None and self._error is not None:
            logger.info("The state file %s is written again.", self.path)
        if error is None:
            self._safe_until = begin
        self._error = error
        self._commits.settle(count, error)

    async def _save_repeatedly(self) -> None:
        while not self._ending:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(PAUSE, max(MIN_PAUSE, WITHIN - 2 * self._duration)))
            self._wake.clear()
            await self.save()

    async def _save_changes(self) -> None:
        if not await self._differs():
            return
        begin = time.monotonic()
        kept = self._written if self._written is not None and self._written.is_at(self.path) else None
        revisions, copies = await self._copies(kept)
        self._written = await asyncio.to_thread(state_file.write, self.path, copies, kept)
        self._saved = revisions
        for name in self._noticed.keys() - revisions.keys():
            del self._noticed[name]
        self._duration = time.monotonic() - begin

    def _names(self) -> list[str]:
        """The names of all worlds. A save that held the worlds themselves would keep them from making room."""
        return [world.name for world in self.worlds]

    async def _differs(self) -> bool:
        """Whether the worlds are others than those in the file, or one of them has changed."""
        for index, name in enumerate(self._names()):
            world = self.worlds.existing(name)
            if world is not None and self._saved.get(name) != world.revision():
                return True
            del world
            if index % _WORLDS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return len(self.worlds) != len(self._saved)

    async def _copies(self, kept: state_file.Written | None) -> tuple[dict[str, Any], list[state_file.Copy | str]]:
        """The revisions of all worlds, and what to write of them. Each is copied at one moment, and requests are served
        between two copies; another thread does the slow part."""
        revisions: dict[str, Any] = {}
        copies: list[state_file.Copy | str] = []
        accounts = 0
        for name in self._names():
            world = self.worlds.existing(name)
            if world is None:  # it has made room for another since
                continue
            revision = revisions[name] = world.revision()
            if kept is not None and self._saved.get(name) == revision:
                copies.append(name)
                continue
            if world.is_changed:
                copies.append(state_file.copy(world))
                accounts += world.store.count()
            else:
                copies.append(state_file.outline(world))
            del world
            await asyncio.sleep(0)
        self._duration = max(self._duration, accounts * PER_ACCOUNT)
        return revisions, copies

    def _restore(self, check: state_file.Check) -> None:
        entries = state_file.read(self.path, check)
        for name, entry in entries.items():
            try:
                state_file.restore(self.worlds, name, entry)
            except ValueError as error:
                raise StateFileError(f"{self.path} is a broken state file: world {name}: {error}") from error
        if entries:
            logger.info("Restored %d worlds from %s.", len(entries), self.path)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _claimed(path: Path) -> tuple[Path, IO[bytes]]:
    """The file that `path` leads to, and the lock on it. Nothing is in the way of writing it, and what a killed server
    left beside it is gone. Raises StateFileError."""
    try:
        path = atomic_file.resolved(path)
        atomic_file.refuse_unusual(path)
        claim = lock(path)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        atomic_file.remove_leftovers(path)
        atomic_file.check_folder(path)
    except OSError as error:
        claim.close()
        raise _unusable(path, error) from error
    return path, claim


def _unusable(path: Path, error: OSError) -> StateFileError:
    return StateFileError(f"the state file {path} cannot be used: {_reason(error)}; name another with --state-file")
