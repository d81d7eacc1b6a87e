"""Group commit: answers wait until the changes before them are saved, many of them for the same save."""

from __future__ import annotations

import asyncio


class GroupCommit:
    """Counts changes. Whoever saves asks for `count` first, and then tells by `settle` that so many are saved."""

    def __init__(self) -> None:
        self.count = 0
        self._saved = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def committed(self) -> None:
        """Wait until all changes so far are saved. Raises OSError if a save of them fails."""
        if self._saved >= self.count:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((self.count, future))
        await future

    def settle(self, count: int, error: OSError | None = None) -> None:
        """The first `count` changes are saved, or, with `error`, a save of them failed."""
        if error is None:
            self._saved = max(self._saved, count)
        settled = [future for number, future in self._waiting if number <= count and not future.done()]
        self._waiting = [each for each in self._waiting if each[0] > count]
        for future in settled:
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
