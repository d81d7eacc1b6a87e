"""Where workers count for /metrics together: each in files of its own, in a folder that they share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from postfuze_mock.http.metrics import FOLDER_VARIABLE


@contextmanager
def together() -> Iterator[None]:
    """A folder for the counts of all processes that are started within. Raises OSError if none can be made."""
    with TemporaryDirectory(prefix="postfuze-mock-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER_VARIABLE] = folder
        yield


def forget(process: int | None) -> None:
    """Drop the gauges of a process that has ended. What it counted stays, so that no sum ever falls."""
    for file in Path(os.environ[FOLDER_VARIABLE]).glob(f"gauge_live*_{process}.db"):
        file.unlink(missing_ok=True)
