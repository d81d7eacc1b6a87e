"""Counts the bytes of the responses that are still in use, because a check may keep all that it gets."""

from __future__ import annotations

import threading
import weakref
from typing import Final

from postfuze_contracts.model.exchange import Response

MAX_SIZE: Final = 32 * 1024 * 1024  # bytes of all large bodies together
_LARGE: Final = 64 * 1024  # bytes; smaller bodies are not counted


class LargeResponses:
    """The large responses of a client that somebody still refers to. Thread-safe."""

    def __init__(self) -> None:
        self._size = 0
        self._lock = threading.RLock()  # a thread that holds it may release a response

    def add(self, response: Response) -> bool:
        """Count `response` until nobody refers to it any more. Returns whether there is room for it."""
        size = len(response.body)
        if size < _LARGE:
            return True
        with self._lock:
            if self._size + size > MAX_SIZE:
                return False
            self._size += size
        weakref.finalize(response, self._release, size).atexit = False
        return True

    def _release(self, size: int) -> None:
        with self._lock:
            self._size -= size
