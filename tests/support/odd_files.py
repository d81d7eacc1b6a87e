"""What stands at a path where a file should stand."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final


def _socket(path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    with listener:
        before = Path.cwd()
        os.chdir(path.parent)  # the name of a socket is short
        try:
            listener.bind(path.name)
        finally:
            os.chdir(before)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate((4 << 30) + 1)  # takes no space


#: Makes what stands there, and the end of the sentence that refuses it.
ODD_FILES: Final[dict[str, tuple[Callable[[Path], object], str]]] = {
    "pipe": (os.mkfifo, "it is a pipe, not a file"),
    "folder": (Path.mkdir, "it is a folder, not a file"),
    "socket": (_socket, "it is a socket, not a file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "it is a device, not a file"),
    "large": (_large, "it has more than "),
}
