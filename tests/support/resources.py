"""What a process takes, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path


def memory(pid: int) -> int:
    """The resident memory of the process, in bytes. Raises OSError if it has ended."""
    return _status(pid, "VmRSS")


def peak_memory(pid: int) -> int:
    """The most resident memory that the process ever had, in bytes. Raises OSError if it has ended."""
    return _status(pid, "VmHWM")


def descriptors(pid: int) -> int:
    """How many files and sockets the process has open. Raises OSError if it has ended."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _status(pid: int, name: str) -> int:
    match = re.search(rf"^{name}:\s*(\d+) kB$", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE)
    if match is None:  # it has ended, but was not waited for
        raise ProcessLookupError(f"process {pid} has no {name}")
    return int(match[1]) * 1024
