"""What the operating system says about this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")  # proc_pid_statm(5): sizes in pages


def resident_memory() -> int | None:
    """The memory that is in use, in bytes; None where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
